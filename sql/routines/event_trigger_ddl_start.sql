-- ddl_command_start: keeps the clock and the nesting in transaction-local settings. Only a statement that commits by
-- itself part-way is written here, because its end may never come.
-- VOLATILE: a stable event trigger function crashes the server in CREATE INDEX CONCURRENTLY.
CREATE OR REPLACE FUNCTION script_tracking.event_trigger_ddl_start()
RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    PERFORM set_config('dbtrack.ddl_stack',
        (extract(epoch FROM clock_timestamp()) * 1000000)::pg_catalog.int8::pg_catalog.text
            || coalesce(' ' || nullif(current_setting('dbtrack.ddl_stack', true), ''), ''), true);
    -- Not DROP INDEX: its CONCURRENTLY refuses to run in a transaction that has written anything.
    IF TG_TAG IN ('CREATE INDEX', 'REINDEX', 'ALTER TABLE')
        AND current_query() ~* '[[:<:]]concurrently[[:>:]]' THEN
        PERFORM script_tracking.capture_concurrent_start(TG_TAG);
    ELSIF TG_TAG LIKE '% EXTENSION' THEN
        PERFORM script_tracking.capture_extension_start(TG_TAG);
    END IF;
EXCEPTION
    WHEN serialization_failure OR deadlock_detected THEN
        RAISE;
    WHEN OTHERS THEN
        PERFORM script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_ddl_start() IS
    'Keeps the start of a DDL command; records the start of one that commits part-way';
