-- Returns the kind of a command: its tag and the paths that it takes through capture_command. After one command of a
-- kind has been captured in a guarded block, late in a large transaction, the next ones run without one. An empty
-- string means always in a guarded block, because the command's text is not checked beforehand. NULL means that the
-- command may change dbtrack itself, and no kind counts as proven any more.
CREATE OR REPLACE FUNCTION script_tracking.capture_kind(
    p_command_tag pg_catalog.text,
    p_context pg_catalog.text,
    p_stack pg_catalog.text
)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_text pg_catalog.text := 'inner';
BEGIN
    IF right(p_command_tag, 10) = ' EXTENSION' OR p_command_tag IN ('ALTER SCHEMA', 'DROP SCHEMA', 'DROP OWNED') THEN
        RETURN NULL;
    END IF;
    -- Commands that can change an existing object, and so perhaps one of dbtrack's. A subquery in the condition above
    -- would make a query of it.
    IF p_command_tag NOT IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE VIEW', 'CREATE SEQUENCE',
        'CREATE TYPE', 'CREATE DOMAIN', 'COMMENT', 'GRANT', 'REVOKE') AND left(p_command_tag, 5) <> 'DROP ' THEN
        IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() AS d WHERE d.schema_name = 'script_tracking') THEN
            RETURN NULL;
        END IF;
    END IF;
    -- Rendering a deep expression takes more of the stack than creating it did, and a long statement can have one. In other
    -- encodings not every character has an equivalent in UTF8.
    IF octet_length(p_context) >= 10000 OR getdatabaseencoding() NOT IN ('UTF8', 'SQL_ASCII') THEN
        RETURN '';
    END IF;
    IF strpos(p_context, E'\n') = 0 THEN
        v_text := current_setting('dbtrack.ddl_string', true);
        IF v_text <> '' AND starts_with(substr(v_text, 65),
            (extract(epoch FROM statement_timestamp()) * 1000000)::pg_catalog.int8 || ':') THEN
            v_text := 'part';
        ELSE
            v_text := current_query();
            IF octet_length(v_text) > 1000000 THEN
                RETURN '';
            END IF;
            v_text := CASE WHEN strpos(rtrim(v_text, E' \n\r\t;'), ';') > 0 THEN 'first'
                WHEN octet_length(v_text) < 10000 THEN 'whole' END;
            IF v_text IS NULL THEN
                RETURN '';
            END IF;
        END IF;
    END IF;
    RETURN concat_ws(' ', '|' || p_command_tag, v_text,
        CASE WHEN length(p_stack) > 16 THEN 'nested' END,
        CASE WHEN current_setting('dbtrack.ddl_dropped0', true) <> '' THEN 'dropped' END,
        CASE WHEN pg_my_temp_schema() <> 0 THEN 'temporary' END,
        CASE WHEN current_setting('session_replication_role') = 'replica' THEN 'replica' END,
        CASE WHEN concat(current_setting('dbtrack.ddl_running', true), current_setting('dbtrack.execution', true),
            current_setting('dbtrack.ddl_children', true)) <> '' THEN 'inside' END) || '|';
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_kind(pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'The kind of a command for capture, by the paths that it takes';
