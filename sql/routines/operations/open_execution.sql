-- Stores that an execution's current version is RUNNING, and which connection opened it.
CREATE OR REPLACE FUNCTION script_tracking.open_execution(
    p_execution_hk pg_catalog.bytea,
    p_load_date pg_catalog.timestamptz,
    p_is_bound pg_catalog.bool,
    p_statement_start pg_catalog.timestamptz
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    INSERT INTO script_tracking.open_execution
        (script_execution_hk, load_date, opened_by, is_bound, backend_pid, backend_start, statement_start)
    VALUES (p_execution_hk, p_load_date, session_user, p_is_bound, pg_backend_pid(),
        script_tracking.backend_start(), p_statement_start);
END
$function$;

COMMENT ON FUNCTION script_tracking.open_execution(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.bool, pg_catalog.timestamptz) IS 'Stores an execution as open';
