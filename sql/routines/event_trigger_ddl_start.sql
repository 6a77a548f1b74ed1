-- ddl_command_start: keeps the clock and the nesting in a transaction-local setting, newest first, in microseconds
-- since 1970, and the privileges that a GRANT may change. Only a statement that commits by itself part-way is written
-- here, because its end may never come.
-- VOLATILE: a stable event trigger function crashes the server in CREATE INDEX CONCURRENTLY.
CREATE OR REPLACE FUNCTION script_tracking.event_trigger_ddl_start()
RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_now pg_catalog.int8 := extract(epoch FROM clock_timestamp()) * 1000000;
    v_stack pg_catalog.text := coalesce(current_setting('dbtrack.ddl_stack', true), '');
    v_context pg_catalog.text;
BEGIN
    -- The session could have written it: what began before this statement contains nothing.
    IF v_stack <> '' AND NOT coalesce(substring(v_stack FROM '^([0-9]{16})( |$)')::pg_catalog.int8
        BETWEEN extract(epoch FROM greatest(statement_timestamp(), transaction_timestamp())) * 1000000 AND v_now,
        false) THEN
        v_stack := '';
    END IF;
    v_stack := set_config('dbtrack.ddl_stack', rtrim(v_now || ' ' || v_stack), true);
    -- Not DROP INDEX: its CONCURRENTLY refuses to run in a transaction that has written anything.
    -- REINDEX in any form: of a schema, a database or a partitioned table it commits after each.
    IF TG_TAG = 'REINDEX' OR (TG_TAG IN ('CREATE INDEX', 'ALTER TABLE')
        AND current_query() ~* '[[:<:]]concurrently[[:>:]]') THEN
        GET DIAGNOSTICS v_context = PG_CONTEXT;
        PERFORM script_tracking.capture_concurrent_start(TG_TAG, v_context);
    ELSIF TG_TAG IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES') THEN
        GET DIAGNOSTICS v_context = PG_CONTEXT;
        PERFORM script_tracking.capture_privileges_start(TG_TAG, v_context);
    ELSIF TG_TAG LIKE '% EXTENSION' THEN
        PERFORM script_tracking.capture_extension_start(TG_TAG);
    END IF;
EXCEPTION
    WHEN serialization_failure OR deadlock_detected THEN
        RAISE;
    WHEN OTHERS THEN
        IF TG_TAG = 'DROP INDEX' THEN
            RAISE WARNING 'dbtrack could not note the start of this %: %', TG_TAG, SQLERRM;
            RETURN; -- counting it would write, and its end is recorded all the same
        END IF;
        PERFORM script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_ddl_start() IS
    'Keeps the start of a DDL command; records the start of one that commits part-way';
