-- Counts the versions that ended an execution, by what the counters distinguish: those that were recorded since the
-- counters were advanced, up to a transaction. Each such version counts, also one that another superseded later, so that
-- the sum never falls. Only an erasure writes a version again, and it keeps recorded_by.
CREATE OR REPLACE FUNCTION script_tracking.uncounted_executions(
    p_counted_before pg_catalog.xid8,
    p_counted_without pg_catalog.xid8[],
    p_next_before pg_catalog.xid8,
    p_next_without pg_catalog.xid8[]
)
RETURNS TABLE (
    tenant_hk pg_catalog.bytea,
    script_type pg_catalog."varchar",
    execution_status pg_catalog."varchar",
    error_class pg_catalog.text,
    executions pg_catalog.int8,
    timed pg_catalog.int8,
    duration_ms pg_catalog."numeric",
    duration_histogram pg_catalog."numeric",
    first_version pg_catalog.int8
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- As in uncounted_since: one plan for the session, which reads the index on recorded_by.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
SET max_parallel_workers_per_gather = 0
AS $function$
#variable_conflict use_column
DECLARE
    v_bounds_ms CONSTANT pg_catalog."numeric"[] :=
        ARRAY(SELECT b.bound * 1000 FROM unnest(script_tracking.duration_bounds()) WITH ORDINALITY AS b (bound, place) ORDER BY b.place);
BEGIN
    RETURN QUERY
    WITH written AS (
        SELECT s.tenant_hk, s.script_type, s.execution_status, s.version_number, s.metadata, s.execution_duration_ms
        FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by >= p_counted_before AND s.recorded_by < p_next_before AND s.recorded_by <> ALL (p_next_without)
        UNION ALL
        SELECT s.tenant_hk, s.script_type, s.execution_status, s.version_number, s.metadata, s.execution_duration_ms
        FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by = ANY (p_counted_without) AND s.recorded_by <> ALL (p_next_without)
            AND s.recorded_by < p_counted_before
    ), ended AS (
        SELECT w.tenant_hk, w.script_type, w.execution_status, w.version_number,
            CASE WHEN w.execution_status = 'COMPLETED' THEN ''
                ELSE coalesce(left(substring(w.metadata ->> 'sqlstate', '^[0-9A-Z]{5}$'), 2), 'unknown') END AS error_class,
            CASE WHEN jsonb_typeof(w.metadata -> 'duration_us') = 'number'
                THEN (w.metadata ->> 'duration_us')::pg_catalog."numeric" / 1000
                ELSE w.execution_duration_ms END AS duration_ms
        FROM written AS w
        WHERE w.execution_status <> 'RUNNING'
            -- If an operation failed, the log's entry about its error is counted with the operation.
            AND (w.script_type <> 'DDL_LOG' OR NOT w.metadata ? 'counted_with')
    ), bucket AS (
        SELECT e.tenant_hk, e.script_type, e.execution_status, e.error_class, count(*) AS executions,
            count(e.duration_ms) AS timed, sum(e.duration_ms) AS duration_ms, min(e.version_number) AS first_version,
            -- Durations have microseconds: half of one less, so that one that is a bound is in the bucket below it.
            width_bucket(e.duration_ms - 0.0005, v_bounds_ms) AS place
        FROM ended AS e
        GROUP BY e.tenant_hk, e.script_type, e.execution_status, e.error_class, 9
    )
    SELECT b.tenant_hk, b.script_type, b.execution_status, b.error_class, sum(b.executions)::pg_catalog.int8,
        sum(b.timed)::pg_catalog.int8, coalesce(sum(b.duration_ms), 0),
        coalesce(sum(b.timed * ('1e' || 15 * b.place)::pg_catalog."numeric"), 0), min(b.first_version)
    FROM bucket AS b
    GROUP BY b.tenant_hk, b.script_type, b.execution_status, b.error_class;
END
$function$;

COMMENT ON FUNCTION script_tracking.uncounted_executions(
    pg_catalog.xid8, pg_catalog.xid8[], pg_catalog.xid8, pg_catalog.xid8[]) IS
    'Counts the versions that ended an execution and were recorded since the counters were advanced';
