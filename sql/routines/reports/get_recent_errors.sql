-- Lists the executions that began in the last hours, or between two moments, and did not succeed.
CREATE OR REPLACE FUNCTION script_tracking.get_recent_errors(
    hours pg_catalog.int4 DEFAULT 24,
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    since pg_catalog.timestamptz DEFAULT NULL,
    until pg_catalog.timestamptz DEFAULT NULL
)
RETURNS TABLE (
    script_name pg_catalog."varchar",
    error_message pg_catalog.text,
    execution_timestamp pg_catalog.timestamptz,
    db_session_user pg_catalog."varchar",
    client_ip pg_catalog.inet,
    affected_objects pg_catalog.text[],
    metadata pg_catalog.jsonb
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_since CONSTANT pg_catalog.timestamptz := coalesce(get_recent_errors.since,
        coalesce(get_recent_errors.until, statement_timestamp()) - make_interval(hours => get_recent_errors.hours));
BEGIN
    IF get_recent_errors.hours < 1 THEN
        RAISE EXCEPTION 'hours must be above zero, not %', get_recent_errors.hours USING ERRCODE = 'DT006';
    END IF;
    PERFORM script_tracking.record_access('errors', encode(get_recent_errors.tenant_hk, 'hex'), NULL, true);
    RETURN QUERY
    SELECT s.script_name, s.error_message, s.execution_timestamp, s.db_session_user, s.client_ip, s.affected_objects,
        s.metadata
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL
        AND s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
        -- If an operation failed, the log's entry about its error is counted with the operation.
        AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')
        AND s.execution_timestamp >= v_since
        -- Nothing is recorded before it began; the day allows for clocks that differ. This condition excludes earlier
        -- months.
        AND s.load_date >= v_since - pg_catalog."interval" '1 day'
        AND (get_recent_errors.until IS NULL OR s.execution_timestamp < get_recent_errors.until)
        AND (get_recent_errors.tenant_hk IS NULL OR s.tenant_hk = get_recent_errors.tenant_hk)
    ORDER BY s.execution_timestamp DESC, s.version_number DESC;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_recent_errors(
    pg_catalog.int4, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Executions that failed, were cancelled or abandoned, the latest first; since and until override the hours';
