-- ddl_command_start: keeps the clock and the nesting in a transaction-local setting, newest first, in microseconds
-- since 1970, and the privileges that a GRANT may change. Only a statement that commits by itself part-way is written
-- here, because its end may never come.
-- VOLATILE: a stable event trigger function crashes the server in CREATE INDEX CONCURRENTLY.
CREATE OR REPLACE FUNCTION script_tracking.event_trigger_ddl_start()
RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_now pg_catalog.int8 := extract(epoch FROM clock_timestamp()) * 1000000;
    v_stack pg_catalog.text := current_setting('dbtrack.ddl_stack', true);
    v_context pg_catalog.text;
    v_noted pg_catalog.text;
BEGIN
    -- What every DDL needs stands outside of the guarded block, and calls nothing that can fail.
    IF v_stack <> '' THEN
        -- The session could have written it: what began before this statement contains nothing.
        v_stack := rtrim(v_now || ' ' || CASE WHEN substring(v_stack FROM '^([0-9]{16})( |$)')::pg_catalog.int8
            BETWEEN extract(epoch FROM greatest(statement_timestamp(), transaction_timestamp())) * 1000000 AND v_now
            THEN v_stack ELSE '' END);
    ELSE
        v_stack := v_now;
    END IF;
    v_stack := set_config('dbtrack.ddl_stack', v_stack, true);
    -- Not DROP INDEX: its CONCURRENTLY refuses to run in a transaction that has written anything.
    -- REINDEX in any form: of a schema, a database or a partitioned table it commits after each.
    IF TG_TAG IN ('REINDEX', 'GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES', 'CREATE EXTENSION', 'ALTER EXTENSION',
        'DROP EXTENSION')
        OR (TG_TAG IN ('CREATE INDEX', 'ALTER TABLE') AND strpos(lower(current_query() COLLATE "C"), 'concurrently') > 0) THEN
        BEGIN
            GET DIAGNOSTICS v_context = PG_CONTEXT;
            IF TG_TAG IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES') THEN
                v_noted := script_tracking.capture_privileges_start(TG_TAG, v_context);
            ELSIF TG_TAG LIKE '% EXTENSION' THEN
                v_noted := script_tracking.capture_extension_start(TG_TAG);
            ELSIF TG_TAG = 'REINDEX' OR current_query() COLLATE "C" ~* '[[:<:]]concurrently[[:>:]]' THEN
                v_noted := script_tracking.capture_concurrent_start(TG_TAG, v_context);
            END IF;
        EXCEPTION
            WHEN serialization_failure OR deadlock_detected THEN
                RAISE;
            WHEN OTHERS THEN
                PERFORM script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
        END;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_ddl_start() IS
    'Keeps the start of a DDL command; records the start of one that commits part-way';
