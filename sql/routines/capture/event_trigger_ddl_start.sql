-- ddl_command_start: keeps the time and the nesting in a transaction-local setting, newest first, in microseconds since
-- 1970, and the privileges that a GRANT may change. Only a statement that commits before its end is recorded here,
-- because its end may never come.
-- VOLATILE: a stable event trigger function crashes the server in CREATE INDEX CONCURRENTLY.
CREATE OR REPLACE FUNCTION script_tracking.event_trigger_ddl_start()
RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET lock_timeout = '10s'
AS $function$
DECLARE
    v_now pg_catalog.int8;
    v_stack pg_catalog.text := current_setting('dbtrack.ddl_stack', true);
    v_context pg_catalog.text;
    v_string pg_catalog.text;
BEGIN
    -- The steps for every DDL command come first, outside any guarded block, and call nothing that can fail.
    IF v_stack <> '' THEN
        v_now := (extract(epoch FROM clock_timestamp()) * 1000000)::pg_catalog.int8;
        -- The session could have written it: a command that began before this statement contains nothing.
        v_stack := set_config('dbtrack.ddl_stack', rtrim(v_now || ' '
            || CASE WHEN substring(v_stack FROM '^([0-9]{16})( |$)')::pg_catalog.int8
                BETWEEN extract(epoch FROM greatest(statement_timestamp(), transaction_timestamp())) * 1000000 AND v_now
                THEN v_stack ELSE '' END), true);
    ELSE
        v_stack := set_config('dbtrack.ddl_stack',
            (extract(epoch FROM clock_timestamp()) * 1000000)::pg_catalog.int8::pg_catalog.text, true);
    END IF;
    IF TG_TAG NOT IN ('CREATE INDEX', 'ALTER TABLE', 'REINDEX', 'GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES',
        'CREATE EXTENSION', 'ALTER EXTENSION', 'DROP EXTENSION', 'DROP INDEX') THEN
        RETURN;
    END IF;
    GET DIAGNOSTICS v_context = PG_CONTEXT;
    -- As in event_trigger_ddl_end: the next line can be the parameters that the client bound, which are not code.
    IF strpos(v_context, E'\n') > 0
        AND substr(left(v_context, 300), strpos(v_context, E'\n') + 1, 4) NOT IN ('SQL ', 'SQL-', 'PL/p') THEN
        IF substr(left(v_context, 300), strpos(v_context, E'\n') + 1, 7) IN ('unnamed', 'portal ') THEN
            v_context := left(v_context, strpos(v_context, E'\n') - 1);
        ELSE
            BEGIN
                v_context := script_tracking.client_context(v_context);
            EXCEPTION
                WHEN OTHERS THEN
                    NULL;
            END;
        END IF;
    END IF;
    -- Not DROP INDEX: its CONCURRENTLY refuses to run in a transaction that has written anything.
    -- REINDEX in any form: of a schema, a database or a partitioned table, it commits after each index.
    IF TG_TAG IN ('CREATE INDEX', 'ALTER TABLE') THEN
        -- CONCURRENTLY is refused in code and in a string of several statements, whose text is not read again.
        v_string := coalesce(current_setting('dbtrack.ddl_string', true), '');
        IF strpos(v_context, E'\n') > 0 OR (v_string <> ''
            AND starts_with(substr(v_string, 65), (extract(epoch FROM statement_timestamp()) * 1000000)::pg_catalog.int8 || ':')
            AND left(v_string, 64) = script_tracking.string_digest(substr(v_string, 65))) THEN
            RETURN;
        END IF;
        v_string := current_query();
        IF octet_length(v_string) <= 1000000 AND strpos(lower(v_string COLLATE pg_catalog."C"), 'concurrently') = 0 THEN
            RETURN;
        END IF;
    ELSIF TG_TAG = 'DROP INDEX' THEN
        -- Where the locks are too many to be read, as in captured_dropped. Not late in a large transaction, where a guarded block is
        -- costly: maintain finds the table then.
        IF current_setting('max_locks_per_transaction')::pg_catalog.int8 * current_setting('max_connections')::pg_catalog.int8 > 20000
            AND length(coalesce(current_setting('dbtrack.ddl_guarded', true), '')) < 4 THEN
            BEGIN
                PERFORM script_tracking.capture_index_tables(v_context);
            EXCEPTION
                WHEN OTHERS THEN
                    NULL;
            END;
        END IF;
        RETURN;
    ELSIF coalesce(current_setting('dbtrack.ddl_proven', true), '') <> ''
        AND strpos(current_setting('dbtrack.ddl_proven', true), '|start ' || TG_TAG || '|') > 0 THEN
        -- As in event_trigger_ddl_end, late in a large transaction.
        FOR v_string IN SELECT script_tracking.capture_privileges_start(TG_TAG, v_context) LOOP
            NULL;
        END LOOP;
        RETURN;
    END IF;
    BEGIN
        IF TG_TAG IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES') THEN
            v_string := script_tracking.capture_privileges_start(TG_TAG, v_context);
            IF current_setting('dbtrack.ddl_proven', true) <> '' AND getdatabaseencoding() IN ('UTF8', 'SQL_ASCII') THEN
                v_string := set_config('dbtrack.ddl_proven',
                    current_setting('dbtrack.ddl_proven') || '|start ' || TG_TAG || '|', true);
            END IF;
        ELSIF right(TG_TAG, 10) = ' EXTENSION' THEN
            v_string := script_tracking.capture_extension_start(TG_TAG);
        ELSIF TG_TAG = 'REINDEX' OR octet_length(v_string) > 1000000
            OR v_string COLLATE pg_catalog."C" ~* '[[:<:]]concurrently[[:>:]]' THEN
            v_string := script_tracking.capture_concurrent_start(TG_TAG, v_context);
        END IF;
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            IF TG_TAG IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES') THEN
                -- The end of the command records that the privileges are unknown.
                v_string := set_config('dbtrack.ddl_privileges'
                    || cardinality(string_to_array(current_setting('dbtrack.ddl_stack', true), ' ')) - 1, '', true);
            ELSE
                PERFORM script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
            END IF;
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_ddl_start() IS
    'Keeps the start of a DDL command; records the start of one that commits part-way';
