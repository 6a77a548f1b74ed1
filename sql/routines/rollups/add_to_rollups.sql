-- Counts versions into the rollups: those that p_new_state covers and that were written since p_old_state (all, if that
-- is NULL), and that began in the range and not in a gap. None of them was written before p_load_floor, which the caller asks for once.
-- Returns how many.
CREATE OR REPLACE FUNCTION script_tracking.add_to_rollups(
    p_old_state script_tracking.rollup_state,
    p_new_state script_tracking.rollup_state,
    p_start pg_catalog.timestamptz,
    p_end pg_catalog.timestamptz,
    p_gaps pg_catalog.tstzmultirange,
    p_load_floor pg_catalog.timestamptz
)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    c_origin CONSTANT pg_catalog.timestamptz := '0001-01-01 00:00:00+00';
    v_is_all CONSTANT pg_catalog.bool := p_old_state.is_only IS NULL;
    v_old_before CONSTANT pg_catalog.xid8 := p_old_state.counted_before;
    v_old_without CONSTANT pg_catalog.xid8[] := p_old_state.counted_without;
    v_new_before CONSTANT pg_catalog.xid8 := p_new_state.counted_before;
    v_new_without CONSTANT pg_catalog.xid8[] := p_new_state.counted_without;
    v_fine_since CONSTANT pg_catalog.timestamptz := p_new_state.fine_since;
    v_executions pg_catalog.int8;
BEGIN
    WITH minute AS MATERIALIZED (
        SELECT e.tenant_hk, e.script_type, e.duration_slot,
            date_bin('1 minute', e.execution_timestamp, c_origin) AS minute_start,
            count(*) AS executions,
            count(*) FILTER (WHERE e.execution_status = 'COMPLETED') AS completed,
            count(*) FILTER (WHERE e.execution_status = 'FAILED') AS failed,
            count(*) FILTER (WHERE e.execution_status = 'CANCELLED') AS cancelled,
            count(*) FILTER (WHERE e.execution_status = 'ABANDONED') AS abandoned,
            count(e.duration_ms) AS timed, sum(e.duration_ms) AS duration_ms, max(e.duration_ms) AS longest_ms
        FROM script_tracking.ended_execution AS e
        WHERE e.execution_timestamp >= p_start AND e.execution_timestamp < p_end
            AND e.load_date >= p_load_floor
            AND (v_is_all OR e.recorded_by >= v_old_before OR e.recorded_by = ANY (v_old_without))
            AND (e.recorded_by IS NULL
                OR (e.recorded_by < v_new_before AND e.recorded_by <> ALL (v_new_without)))
            AND NOT e.execution_timestamp <@ p_gaps
        GROUP BY e.tenant_hk, e.script_type, e.duration_slot, 4
    ), slot AS (
        SELECT grouping(m.tenant_hk) AS is_total, m.tenant_hk, l.level_minutes, b.bucket_start, m.script_type,
            m.duration_slot, sum(m.completed)::pg_catalog.int8 AS completed, sum(m.failed)::pg_catalog.int8 AS failed,
            sum(m.cancelled)::pg_catalog.int8 AS cancelled, sum(m.abandoned)::pg_catalog.int8 AS abandoned,
            sum(m.timed)::pg_catalog.int8 AS timed, sum(m.duration_ms) AS duration_ms, max(m.longest_ms) AS longest_ms
        FROM minute AS m
        CROSS JOIN (VALUES (1::pg_catalog.int2), (10), (60)) AS l (level_minutes)
        CROSS JOIN LATERAL date_bin(make_interval(mins => l.level_minutes), m.minute_start, c_origin) AS b (bucket_start)
        WHERE l.level_minutes = 60 OR b.bucket_start >= v_fine_since
        GROUP BY GROUPING SETS ((m.tenant_hk, l.level_minutes, b.bucket_start, m.script_type, m.duration_slot),
            (l.level_minutes, b.bucket_start, m.script_type, m.duration_slot))
        -- A minute of one tenant is seldom more than a row: such minutes are read as rows.
        HAVING grouping(m.tenant_hk) = 1 OR (m.tenant_hk IS NOT NULL AND l.level_minutes > 1)
    ), bucket AS MATERIALIZED (
        SELECT s.is_total, s.tenant_hk, s.level_minutes, s.bucket_start, s.script_type,
            sum(s.completed)::pg_catalog.int8 AS completed, sum(s.failed)::pg_catalog.int8 AS failed,
            sum(s.cancelled)::pg_catalog.int8 AS cancelled, sum(s.abandoned)::pg_catalog.int8 AS abandoned,
            sum(s.timed)::pg_catalog.int8 AS timed, coalesce(sum(s.duration_ms), 0) AS duration_ms,
            max(s.longest_ms) AS longest_ms,
            -- In order, so that only one such sum at a time is in memory, and the longest first, so that it does not
            -- grow.
            coalesce(sum(s.timed * ('1e' || 10 * s.duration_slot)::pg_catalog."numeric" ORDER BY s.duration_slot DESC), 0)
                AS histogram
        FROM slot AS s
        GROUP BY s.is_total, s.tenant_hk, s.level_minutes, s.bucket_start, s.script_type
    ), total AS (
        INSERT INTO script_tracking.rollup_total AS r
        SELECT b.level_minutes, b.bucket_start, b.script_type, b.completed, b.failed, b.cancelled, b.abandoned, b.timed,
            b.duration_ms, b.longest_ms, b.histogram
        FROM bucket AS b WHERE b.is_total = 1
        ON CONFLICT ON CONSTRAINT rollup_total_pkey DO UPDATE SET completed = r.completed + excluded.completed,
            failed = r.failed + excluded.failed, cancelled = r.cancelled + excluded.cancelled,
            abandoned = r.abandoned + excluded.abandoned, timed = r.timed + excluded.timed,
            duration_ms = r.duration_ms + excluded.duration_ms, longest_ms = greatest(r.longest_ms, excluded.longest_ms),
            histogram = r.histogram + excluded.histogram
    ), tenant AS (
        INSERT INTO script_tracking.rollup_tenant AS r
        SELECT b.tenant_hk, b.level_minutes, b.bucket_start, b.script_type, b.completed, b.failed, b.cancelled,
            b.abandoned, b.timed, b.duration_ms, b.longest_ms, b.histogram
        FROM bucket AS b WHERE b.is_total = 0
        ON CONFLICT ON CONSTRAINT rollup_tenant_pkey DO UPDATE SET completed = r.completed + excluded.completed,
            failed = r.failed + excluded.failed, cancelled = r.cancelled + excluded.cancelled,
            abandoned = r.abandoned + excluded.abandoned, timed = r.timed + excluded.timed,
            duration_ms = r.duration_ms + excluded.duration_ms, longest_ms = greatest(r.longest_ms, excluded.longest_ms),
            histogram = r.histogram + excluded.histogram
    )
    SELECT coalesce(sum(m.executions), 0) INTO v_executions FROM minute AS m;
    RETURN v_executions;
END
$function$;

COMMENT ON FUNCTION script_tracking.add_to_rollups(
    script_tracking.rollup_state, script_tracking.rollup_state, pg_catalog.timestamptz, pg_catalog.timestamptz,
    pg_catalog.tstzmultirange, pg_catalog.timestamptz) IS 'Counts versions into the rollups; returns how many';
