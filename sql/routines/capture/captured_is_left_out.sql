-- Returns whether an administrator excluded this DDL command: it touches only tables, views, indexes and sequences of
-- the schemas in capture.ignore_schemas, and its login is in capture.ignore_roles, if that names any
-- (event_trigger_ddl_end checks those). Commands that change privileges, or that reach outside these schemas, are
-- recorded anyway: SET SCHEMA shows only the new schema, and a partition, a child or a foreign key changes what another
-- table contains. A command that cannot be read is recorded too.
CREATE OR REPLACE FUNCTION script_tracking.captured_is_left_out(
    p_command_tag pg_catalog.text,
    p_types pg_catalog._text,
    p_schemas pg_catalog._text,
    p_ignored_schemas pg_catalog._text,
    p_statement pg_catalog.text
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_command_tag NOT IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE VIEW', 'CREATE MATERIALIZED VIEW',
            'REFRESH MATERIALIZED VIEW', 'CREATE INDEX', 'CREATE SEQUENCE', 'ALTER TABLE', 'ALTER VIEW',
            'ALTER MATERIALIZED VIEW', 'ALTER INDEX', 'ALTER SEQUENCE', 'DROP TABLE', 'DROP VIEW', 'DROP MATERIALIZED VIEW',
            'DROP INDEX', 'DROP SEQUENCE', 'COMMENT', 'REINDEX')
        OR coalesce(array_length(p_types, 1), 0) = 0 OR array_position(p_schemas, NULL) IS NOT NULL
        OR NOT p_schemas <@ p_ignored_schemas
        OR NOT p_types <@ '{table,view,materialized view,index,sequence,table column,view column,'
            'materialized view column,table constraint,default value}'::pg_catalog._text
        -- Its start is already recorded.
        OR coalesce(current_setting('dbtrack.ddl_running', true), '') <> '' THEN
        RETURN false;
    END IF;
    IF p_command_tag = 'CREATE TABLE' OR p_command_tag LIKE 'ALTER %' THEN
        RETURN length(p_statement) <= 50000
            AND lower(p_statement COLLATE "C")
                !~ 'schema|owner|inherit|partition|security|trigger|references|rule|replica|[[:<:]]of[[:>:]]';
    END IF;
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_is_left_out(pg_catalog.text, pg_catalog._text, pg_catalog._text,
    pg_catalog._text, pg_catalog.text) IS
    'Whether an administrator excluded the ending DDL command from the record';
