-- Counts the executions that began in a time range by tenant, one or more rows for each, whose sum is exact: whole days from the
-- rollups, the rest from the rows, all in the one snapshot of the calling query. tenant_hk NULL: the platform. last_started is not
-- in the rows of days; last_day is the last day that has any.
CREATE OR REPLACE FUNCTION script_tracking.tally_tenants(
    p_tenant_hk pg_catalog.bytea,
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz DEFAULT NULL
)
RETURNS TABLE (
    tenant_hk pg_catalog.bytea,
    operations pg_catalog.int8,
    ended pg_catalog.int8,
    completed pg_catalog.int8,
    failed pg_catalog.int8,
    timed pg_catalog.int8,
    duration_ms pg_catalog."numeric",
    last_started pg_catalog.timestamptz,
    last_day pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_until CONSTANT pg_catalog.timestamptz := greatest(coalesce(p_until, 'infinity'), p_since);
    v_days CONSTANT pg_catalog.tstzmultirange := script_tracking.trend_days('tenant', p_tenant_hk, p_since, v_until, NULL, NULL);
    -- Of few tenants, each one's days are found by their key; NULL: all tenants.
    v_tenants pg_catalog.bytea[] := ARRAY[p_tenant_hk];
    v_state script_tracking.rollup_state;
    v_load_floor pg_catalog.timestamptz;
    v_span pg_catalog.tstzrange;
    v_start pg_catalog.timestamptz;
    v_end pg_catalog.timestamptz;
BEGIN
    FOR v_span IN SELECT w.span FROM unnest(tstzmultirange(tstzrange(p_since, v_until)) - v_days) AS w (span) LOOP
        v_start := lower(v_span);
        v_end := upper(v_span);
        RETURN QUERY
        SELECT s.tenant_hk, count(*), count(*) FILTER (WHERE s.execution_status <> 'RUNNING'),
            count(*) FILTER (WHERE s.execution_status = 'COMPLETED'), count(*) FILTER (WHERE s.execution_status = 'FAILED'),
            count(d.duration_ms), coalesce(sum(d.duration_ms), 0), max(s.execution_timestamp), NULL::pg_catalog.timestamptz
        FROM script_tracking.script_execution_s AS s
        CROSS JOIN LATERAL (
            SELECT CASE WHEN s.execution_status = 'RUNNING' THEN NULL
                WHEN jsonb_typeof(s.metadata -> 'duration_us') = 'number'
                    THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" / 1000
                ELSE s.execution_duration_ms END AS duration_ms) AS d
        WHERE s.load_end_date IS NULL AND s.execution_timestamp >= v_start AND s.execution_timestamp < v_end
            AND (p_tenant_hk IS NULL OR s.tenant_hk = p_tenant_hk)
            -- If an operation failed, the log's entry about its error is counted with the operation.
            AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')
        GROUP BY s.tenant_hk;
    END LOOP;
    IF isempty(v_days) THEN
        RETURN;
    END IF;
    SELECT c.* INTO v_state FROM script_tracking.current_rollup_state() AS c;
    v_load_floor := script_tracking.uncounted_since(v_state.counted_before, v_state.counted_without);
    IF p_tenant_hk IS NULL THEN
        v_tenants := CASE WHEN NOT EXISTS (SELECT FROM script_tracking.rollup_day AS r WHERE r.tenant_hk = '')
            THEN script_tracking.caller_tenants() END;
    END IF;
    RETURN QUERY
    SELECT r.tenant_hk, sum(r.ended)::pg_catalog.int8, sum(r.ended)::pg_catalog.int8, sum(r.completed)::pg_catalog.int8,
        sum(r.failed)::pg_catalog.int8, sum(r.timed)::pg_catalog.int8, sum(r.duration_ms), NULL::pg_catalog.timestamptz,
        max(r.day_start)
    FROM unnest(v_days) AS w (span)
    JOIN script_tracking.rollup_day AS r ON r.day_start >= lower(w.span) AND r.day_start < upper(w.span)
    WHERE r.subject_kind = 'all' AND r.tenant_hk <> '' AND v_tenants IS NULL
    GROUP BY r.tenant_hk
    UNION ALL
    SELECT k.tenant_hk, t.ended, t.ended, t.completed, t.failed, t.timed, t.duration_ms, NULL, t.last_day
    FROM unnest(v_tenants) AS k (tenant_hk)
    CROSS JOIN LATERAL (
        SELECT sum(r.ended)::pg_catalog.int8 AS ended, sum(r.completed)::pg_catalog.int8 AS completed,
            sum(r.failed)::pg_catalog.int8 AS failed, sum(r.timed)::pg_catalog.int8 AS timed, sum(r.duration_ms) AS duration_ms,
            max(r.day_start) AS last_day
        FROM unnest(v_days) AS w (span)
        JOIN script_tracking.rollup_day AS r ON r.day_start >= lower(w.span) AND r.day_start < upper(w.span)
        WHERE r.tenant_hk = k.tenant_hk AND r.subject_kind = 'all') AS t
    WHERE t.ended > 0
    UNION ALL
    SELECT NULL, r.ended, r.ended, r.completed, r.failed, r.timed, r.duration_ms, NULL, r.day_start
    FROM unnest(v_days) AS w (span)
    JOIN script_tracking.rollup_day AS r ON r.day_start >= lower(w.span) AND r.day_start < upper(w.span)
    WHERE r.tenant_hk = '' AND r.subject_kind = 'platform' AND p_tenant_hk IS NULL
    UNION ALL
    -- What came after the rollups, and what still runs.
    SELECT e.tenant_hk, 1, 1, (e.execution_status = 'COMPLETED')::pg_catalog.int4, (e.execution_status = 'FAILED')::pg_catalog.int4,
        num_nonnulls(e.duration_ms), coalesce(e.duration_ms, 0), e.execution_timestamp, NULL
    FROM script_tracking.ended_execution AS e
    WHERE e.load_date >= v_load_floor
        AND (e.recorded_by >= v_state.counted_before OR e.recorded_by = ANY (v_state.counted_without))
        AND e.execution_timestamp <@ v_days
        -- Written so that no index fits, as in tally_rows.
        AND (p_tenant_hk IS NULL OR e.tenant_hk IS NOT DISTINCT FROM p_tenant_hk)
    UNION ALL
    SELECT s.tenant_hk, 1, 0, 0, 0, 0, 0, s.execution_timestamp, NULL
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL AND s.execution_status = 'RUNNING' AND s.execution_timestamp <@ v_days
        AND (p_tenant_hk IS NULL OR s.tenant_hk = p_tenant_hk)
        AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with');
END
$function$;

COMMENT ON FUNCTION script_tracking.tally_tenants(pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Executions that began in a time range, by tenant: counts and durations, from the days of the rollups and from the rows';
