-- Closes the execution that capture_concurrent_start opened in this very statement. Returns false if there is none.
CREATE OR REPLACE FUNCTION script_tracking.capture_concurrent_end(
    p_objects pg_catalog.text[],
    p_metadata pg_catalog.jsonb,
    p_tenant_hk pg_catalog.bytea
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_running pg_catalog.text := current_setting('dbtrack.ddl_running', true);
    v_execution_hk pg_catalog.bytea;
    v_load_date pg_catalog.timestamptz;
BEGIN
    PERFORM set_config('dbtrack.ddl_running', '', false);
    IF v_running !~ '^[0-9a-f]{64}$' THEN
        RETURN false;
    END IF;
    DELETE FROM script_tracking.open_execution AS o
    WHERE o.script_execution_hk = decode(v_running, 'hex') AND o.backend_pid = pg_backend_pid()
        AND o.statement_start = statement_timestamp()
    RETURNING o.script_execution_hk, o.load_date INTO v_execution_hk, v_load_date;
    IF v_execution_hk IS NULL THEN
        RETURN false;
    END IF;
    PERFORM script_tracking.close_version(v_execution_hk, v_load_date, 'COMPLETED', NULL, p_metadata, p_objects,
        p_tenant_hk, true);
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_concurrent_end(pg_catalog.text[], pg_catalog.jsonb, pg_catalog.bytea) IS
    'Closes the record of a DDL command that committed before its end';
