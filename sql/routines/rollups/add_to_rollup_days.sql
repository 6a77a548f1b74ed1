-- Counts versions into the days of rollup_day_state: those that add_to_rollups chooses by the same arguments, and that began in the
-- counted part of such a day. The first executions of a tenant's day decide whether its types and its names get rows: only if there are
-- eight executions to one, because otherwise hours and rows are read as quickly. Of all tenants together the types always have rows.
-- Returns how many were counted.
CREATE OR REPLACE FUNCTION script_tracking.add_to_rollup_days(
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
    c_executions_each CONSTANT pg_catalog.int8 := 8;
    v_is_all CONSTANT pg_catalog.bool := p_old_state.is_only IS NULL;
    v_old_before CONSTANT pg_catalog.xid8 := p_old_state.counted_before;
    v_old_without CONSTANT pg_catalog.xid8[] := p_old_state.counted_without;
    v_new_before CONSTANT pg_catalog.xid8 := p_new_state.counted_before;
    v_new_without CONSTANT pg_catalog.xid8[] := p_new_state.counted_without;
    -- Most of what is new began after the last of these days.
    v_end CONSTANT pg_catalog.timestamptz := least(p_end, (SELECT max(d.day_end) FROM script_tracking.rollup_day_state AS d));
    v_executions pg_catalog.int8;
    v_day_starts pg_catalog.timestamptz[];
BEGIN
    WITH execution AS MATERIALIZED (
        SELECT d.day_start, e.tenant_hk, e.script_type, e.script_name, e.duration_slot, count(*) AS ended,
            count(*) FILTER (WHERE e.execution_status = 'COMPLETED') AS completed,
            count(*) FILTER (WHERE e.execution_status = 'FAILED') AS failed,
            count(*) FILTER (WHERE e.execution_status = 'CANCELLED') AS cancelled,
            count(*) FILTER (WHERE e.execution_status = 'ABANDONED') AS abandoned, count(e.duration_ms) AS timed,
            sum(e.duration_ms) AS duration_ms, max(e.duration_ms) AS longest_ms
        FROM script_tracking.ended_execution AS e
        CROSS JOIN LATERAL (
            SELECT s.day_start, s.day_end, s.counted_since FROM script_tracking.rollup_day_state AS s
            WHERE s.day_start <= e.execution_timestamp ORDER BY s.day_start DESC LIMIT 1) AS d
        WHERE e.execution_timestamp >= p_start AND e.execution_timestamp < v_end
            AND e.load_date >= p_load_floor
            AND (v_is_all OR e.recorded_by >= v_old_before OR e.recorded_by = ANY (v_old_without))
            AND (e.recorded_by IS NULL
                OR (e.recorded_by < v_new_before AND e.recorded_by <> ALL (v_new_without)))
            AND NOT e.execution_timestamp <@ p_gaps
            AND e.execution_timestamp >= d.counted_since AND e.execution_timestamp < d.day_end
        GROUP BY d.day_start, e.tenant_hk, e.script_type, e.script_name, e.duration_slot
    ), slot AS (
        SELECT l.tenant_hk, l.kind, l.subject, e.day_start, e.duration_slot, sum(e.ended)::pg_catalog.int8 AS ended,
            sum(e.completed)::pg_catalog.int8 AS completed, sum(e.failed)::pg_catalog.int8 AS failed,
            sum(e.cancelled)::pg_catalog.int8 AS cancelled, sum(e.abandoned)::pg_catalog.int8 AS abandoned,
            sum(e.timed)::pg_catalog.int8 AS timed, sum(e.duration_ms) AS duration_ms, max(e.longest_ms) AS longest_ms
        FROM execution AS e
        CROSS JOIN LATERAL (VALUES ('\x'::pg_catalog.bytea, 'all', ''), ('\x', 'type', e.script_type), ('\x', 'name', e.script_name),
            (CASE WHEN e.tenant_hk IS NULL THEN '\x'::pg_catalog.bytea END, 'platform', ''), (e.tenant_hk, 'all', ''),
            (e.tenant_hk, 'type', e.script_type), (e.tenant_hk, 'name', e.script_name)) AS l (tenant_hk, kind, subject)
        WHERE l.tenant_hk IS NOT NULL
        GROUP BY l.tenant_hk, l.kind, l.subject, e.day_start, e.duration_slot
    ), bucket AS MATERIALIZED (
        SELECT s.tenant_hk, s.kind, s.day_start, s.subject, sum(s.ended)::pg_catalog.int8 AS ended,
            sum(s.completed)::pg_catalog.int8 AS completed, sum(s.failed)::pg_catalog.int8 AS failed,
            sum(s.cancelled)::pg_catalog.int8 AS cancelled, sum(s.abandoned)::pg_catalog.int8 AS abandoned,
            sum(s.timed)::pg_catalog.int8 AS timed, coalesce(sum(s.duration_ms), 0) AS duration_ms, max(s.longest_ms) AS longest_ms,
            -- In this order for the reason that add_to_rollups has.
            coalesce(sum(s.timed * ('1e' || 10 * s.duration_slot)::pg_catalog."numeric" ORDER BY s.duration_slot DESC), 0)
                AS histogram
        FROM slot AS s
        GROUP BY s.tenant_hk, s.kind, s.day_start, s.subject
    ), judged AS MATERIALIZED (
        -- There are few types in all, and the dashboard reads them.
        SELECT b.tenant_hk, b.day_start, b.tenant_hk = '' OR coalesce(bool_and(k.has_types),
                sum(b.ended) FILTER (WHERE b.kind = 'all') >= c_executions_each * count(*) FILTER (WHERE b.kind = 'type')) AS has_types,
            coalesce(bool_and(k.has_names),
                sum(b.ended) FILTER (WHERE b.kind = 'all') >= c_executions_each * count(*) FILTER (WHERE b.kind = 'name')) AS has_names
        FROM bucket AS b
        LEFT JOIN script_tracking.rollup_day AS k
            ON k.tenant_hk = b.tenant_hk AND k.subject_kind = 'all' AND k.day_start = b.day_start
        GROUP BY b.tenant_hk, b.day_start
    ), stored AS (
        INSERT INTO script_tracking.rollup_day AS r
            (tenant_hk, subject_kind, day_start, subject, ended, completed, timed, longest_ms, histogram, percentiles,
                has_types, has_names, failed, cancelled, abandoned, duration_ms)
        SELECT b.tenant_hk, b.kind, b.day_start, b.subject, b.ended, b.completed, b.timed, b.longest_ms, b.histogram,
            script_tracking.histogram_percentiles('{0.50,0.95,0.99}', b.histogram, b.timed, b.longest_ms),
            CASE WHEN b.kind = 'all' THEN j.has_types END, CASE WHEN b.kind = 'all' THEN j.has_names END,
            b.failed, b.cancelled, b.abandoned, b.duration_ms
        FROM bucket AS b
        JOIN judged AS j ON j.tenant_hk = b.tenant_hk AND j.day_start = b.day_start
        WHERE CASE b.kind WHEN 'type' THEN j.has_types WHEN 'name' THEN j.has_names ELSE true END
        ON CONFLICT ON CONSTRAINT rollup_day_pkey DO UPDATE SET ended = r.ended + excluded.ended,
            completed = r.completed + excluded.completed, failed = r.failed + excluded.failed,
            cancelled = r.cancelled + excluded.cancelled, abandoned = r.abandoned + excluded.abandoned,
            duration_ms = r.duration_ms + excluded.duration_ms, timed = r.timed + excluded.timed,
            longest_ms = greatest(r.longest_ms, excluded.longest_ms), histogram = r.histogram + excluded.histogram,
            percentiles = script_tracking.histogram_percentiles('{0.50,0.95,0.99}', r.histogram + excluded.histogram,
                r.timed + excluded.timed, greatest(r.longest_ms, excluded.longest_ms))
    )
    SELECT coalesce(sum(e.ended), 0), array_agg(DISTINCT e.day_start) INTO v_executions, v_day_starts FROM execution AS e;
    PERFORM script_tracking.forget_rollup_weeks(v_day_starts);
    RETURN v_executions;
END
$function$;

COMMENT ON FUNCTION script_tracking.add_to_rollup_days(
    script_tracking.rollup_state, script_tracking.rollup_state, pg_catalog.timestamptz, pg_catalog.timestamptz,
    pg_catalog.tstzmultirange, pg_catalog.timestamptz) IS 'Counts versions into the days that are counted already; returns how many';
