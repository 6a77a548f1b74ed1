-- Counts the executions that have ended by the hour in which they began: from the rollups as far as they reach,
-- otherwise from the rows, like tally_executions, in the one snapshot of the calling query. Hours without any have no
-- row.
CREATE OR REPLACE FUNCTION script_tracking.get_throughput(
    since pg_catalog.timestamptz,
    until pg_catalog.timestamptz DEFAULT NULL,
    tenant_hk pg_catalog.bytea DEFAULT NULL
)
RETURNS TABLE (
    hour_start pg_catalog.timestamptz,
    completed pg_catalog.int8,
    failed pg_catalog.int8,
    cancelled pg_catalog.int8,
    abandoned pg_catalog.int8
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    -- Whole hours, like the rollups.
    v_since CONSTANT pg_catalog.timestamptz := date_trunc('hour', get_throughput.since, 'UTC');
    v_until CONSTANT pg_catalog.timestamptz := greatest(coalesce(get_throughput.until, 'infinity'), v_since);
    v_tenant_hk CONSTANT pg_catalog.bytea := get_throughput.tenant_hk;
    v_is_total pg_catalog.bool := false;
    v_reach record;
    v_span pg_catalog.tstzrange;
BEGIN
    PERFORM script_tracking.record_access('performance', encode(v_tenant_hk, 'hex'), NULL, true);
    -- Administrators need not add up all tenants. Others who may read the table see no rows of it.
    IF v_tenant_hk IS NULL AND has_table_privilege('script_tracking.rollup_total', 'SELECT') THEN
        v_is_total := EXISTS (SELECT FROM script_tracking.rollup_total);
    END IF;
    v_reach := script_tracking.rollup_reach(v_since, v_until, v_is_total);
    v_span := range_merge(v_reach.whole);
    RETURN QUERY
    SELECT date_trunc('hour', t.began, 'UTC'), sum(t.completed)::pg_catalog.int8, sum(t.failed)::pg_catalog.int8,
        sum(t.cancelled)::pg_catalog.int8, sum(t.abandoned)::pg_catalog.int8
    FROM (
        SELECT r.bucket_start AS began, r.completed, r.failed, r.cancelled, r.abandoned
        FROM script_tracking.rollup_rows(v_is_total, v_tenant_hk, v_reach.levels, v_reach.starts, v_reach.ends,
            v_reach.gaps) AS r
        UNION ALL
        SELECT date_trunc('hour', e.execution_timestamp, 'UTC'), count(*) FILTER (WHERE e.execution_status = 'COMPLETED'),
            count(*) FILTER (WHERE e.execution_status = 'FAILED'), count(*) FILTER (WHERE e.execution_status = 'CANCELLED'),
            count(*) FILTER (WHERE e.execution_status = 'ABANDONED')
        -- Nothing is recorded before it began; the day allows for clocks that differ.
        FROM unnest(v_reach.whole) AS w (span)
        JOIN script_tracking.ended_execution AS e
            ON e.execution_timestamp >= lower(w.span) AND e.execution_timestamp < upper(w.span)
        WHERE e.load_date >= lower(v_span) - '1 day'::pg_catalog."interval" AND (v_tenant_hk IS NULL OR e.tenant_hk = v_tenant_hk)
        GROUP BY 1
        UNION ALL
        SELECT date_trunc('hour', e.execution_timestamp, 'UTC'), count(*) FILTER (WHERE e.execution_status = 'COMPLETED'),
            count(*) FILTER (WHERE e.execution_status = 'FAILED'), count(*) FILTER (WHERE e.execution_status = 'CANCELLED'),
            count(*) FILTER (WHERE e.execution_status = 'ABANDONED')
        FROM script_tracking.ended_execution AS e
        WHERE e.load_date >= v_reach.load_floor
            AND (e.recorded_by >= v_reach.counted_before OR e.recorded_by = ANY (v_reach.counted_without))
            AND e.execution_timestamp >= v_since AND e.execution_timestamp < v_until
            AND NOT e.execution_timestamp <@ v_reach.whole
            -- Written so that no index fits: few rows have come since then, and an index on the tenant would lead to
            -- everything that the tenant ever did.
            AND (v_tenant_hk IS NULL OR e.tenant_hk IS NOT DISTINCT FROM v_tenant_hk)
        GROUP BY 1
    ) AS t
    GROUP BY 1
    ORDER BY 1;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_throughput(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bytea) IS
    'Executions that have ended, by the hour in which they began and by status; since is rounded down to the hour';
