-- Lists the failures that are open, the latest first: executions that failed, were cancelled or abandoned, that did not
-- succeed later, and that nobody has resolved.
CREATE OR REPLACE FUNCTION script_tracking.get_open_failures(
    hours pg_catalog.int4 DEFAULT 24,
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    since pg_catalog.timestamptz DEFAULT NULL,
    until pg_catalog.timestamptz DEFAULT NULL,
    execution_status pg_catalog.text DEFAULT NULL,
    maximum_rows pg_catalog.int8 DEFAULT NULL,
    execution_keys pg_catalog.bytea[] DEFAULT NULL
)
RETURNS SETOF script_tracking.script_execution_s
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_since CONSTANT pg_catalog.timestamptz := coalesce(get_open_failures.since,
        coalesce(get_open_failures.until, statement_timestamp()) - make_interval(hours => get_open_failures.hours));
BEGIN
    IF get_open_failures.hours < 1 THEN
        RAISE EXCEPTION 'hours must be above zero, not %', get_open_failures.hours USING ERRCODE = 'DT006';
    END IF;
    PERFORM script_tracking.record_access('errors', encode(get_open_failures.tenant_hk, 'hex'), NULL, true);
    RETURN QUERY
    SELECT s.*
    FROM script_tracking.script_execution_s AS s
    CROSS JOIN LATERAL script_tracking.failure_state(s) AS f
    WHERE s.load_end_date IS NULL AND s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
        -- If an operation failed, the log's entry about its error is counted with the operation.
        AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')
        AND s.execution_timestamp >= v_since AND s.load_date >= v_since - '1 day'::pg_catalog."interval"
        AND (get_open_failures.until IS NULL OR s.execution_timestamp < get_open_failures.until)
        AND (get_open_failures.execution_status IS NULL OR s.execution_status = get_open_failures.execution_status)
        AND (get_open_failures.tenant_hk IS NULL OR s.tenant_hk = get_open_failures.tenant_hk)
        AND (get_open_failures.execution_keys IS NULL OR s.script_execution_hk = ANY (get_open_failures.execution_keys))
        AND f.is_open
    ORDER BY s.execution_timestamp DESC, s.version_number DESC
    LIMIT get_open_failures.maximum_rows;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_open_failures(
    pg_catalog.int4, pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.int8,
    pg_catalog.bytea[]) IS
    'Failures that did not succeed later and that nobody has resolved, the latest first; since and until '
    'override the hours; execution_keys: only of these executions';
