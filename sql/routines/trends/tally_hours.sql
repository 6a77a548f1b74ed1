-- Counts the executions that began in a time range and have ended, by hour, type and, if asked, tenant: from the rollups as far
-- as they reach, otherwise from the rows, like tally_executions, in the one snapshot of the calling query. Hours without any have
-- no row. p_tenants: only of these tenants, the empty one being the platform.
CREATE OR REPLACE FUNCTION script_tracking.tally_hours(
    p_tenant_hk pg_catalog.bytea,
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_by_tenant pg_catalog.bool DEFAULT false,
    p_tenants pg_catalog._bytea DEFAULT NULL
)
RETURNS TABLE (
    hour_start pg_catalog.timestamptz,
    tenant_hk pg_catalog.bytea,
    script_type pg_catalog.text,
    completed pg_catalog.int8,
    ended pg_catalog.int8,
    timed pg_catalog.int8,
    duration_ms pg_catalog."numeric",
    longest_ms pg_catalog."numeric",
    histogram pg_catalog."numeric"
)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_is_total pg_catalog.bool := false;
    v_reach record;
    v_span pg_catalog.tstzrange;
    v_piece pg_catalog.int4;
BEGIN
    -- Administrators need not add up all tenants. Others who may read the table see no rows of it.
    IF p_tenant_hk IS NULL AND NOT p_by_tenant AND has_table_privilege('script_tracking.rollup_total', 'SELECT') THEN
        v_is_total := EXISTS (SELECT FROM script_tracking.rollup_total);
    END IF;
    v_reach := script_tracking.rollup_reach(p_since, p_until, v_is_total);
    v_span := range_merge(v_reach.whole);
    FOR v_piece IN 1 .. coalesce(cardinality(v_reach.levels), 0) LOOP
        IF v_is_total THEN
            RETURN QUERY
            SELECT date_trunc('hour', r.bucket_start, 'UTC'), NULL::pg_catalog.bytea, r.script_type::pg_catalog.text, r.completed,
                r.completed + r.failed + r.cancelled + r.abandoned, r.timed, r.duration_ms, r.longest_ms, r.histogram
            FROM script_tracking.rollup_total AS r
            WHERE r.level_minutes = v_reach.levels[v_piece] AND r.bucket_start >= v_reach.starts[v_piece]
                AND r.bucket_start < v_reach.ends[v_piece] AND NOT r.bucket_start <@ v_reach.gaps;
        ELSE
            RETURN QUERY
            SELECT date_trunc('hour', r.bucket_start, 'UTC'), CASE WHEN p_by_tenant THEN r.tenant_hk END,
                r.script_type::pg_catalog.text, r.completed, r.completed + r.failed + r.cancelled + r.abandoned, r.timed,
                r.duration_ms, r.longest_ms, r.histogram
            FROM script_tracking.rollup_tenant AS r
            WHERE (p_tenant_hk IS NULL OR r.tenant_hk = p_tenant_hk) AND (p_tenants IS NULL OR r.tenant_hk = ANY (p_tenants))
                AND r.level_minutes = v_reach.levels[v_piece] AND r.bucket_start >= v_reach.starts[v_piece]
                AND r.bucket_start < v_reach.ends[v_piece] AND NOT r.bucket_start <@ v_reach.gaps;
        END IF;
    END LOOP;
    IF NOT isempty(v_reach.whole) THEN
        RETURN QUERY
        SELECT date_trunc('hour', e.execution_timestamp, 'UTC'), CASE WHEN p_by_tenant THEN coalesce(e.tenant_hk, '') END,
            e.script_type::pg_catalog.text, count(*) FILTER (WHERE e.execution_status = 'COMPLETED'), count(*),
            count(e.duration_ms), coalesce(sum(e.duration_ms), 0),
            max(e.duration_ms), coalesce(sum(('1e' || 10 * e.duration_slot)::pg_catalog."numeric"), 0)
        -- Nothing is recorded before it began; the day allows for clocks that differ.
        FROM unnest(v_reach.whole) AS w (span)
        JOIN script_tracking.ended_execution AS e
            ON e.execution_timestamp >= lower(w.span) AND e.execution_timestamp < upper(w.span)
        WHERE e.load_date >= lower(v_span) - '1 day'::pg_catalog."interval" AND (p_tenant_hk IS NULL OR e.tenant_hk = p_tenant_hk)
            AND (p_tenants IS NULL OR coalesce(e.tenant_hk, '') = ANY (p_tenants))
        GROUP BY 1, 2, 3;
    END IF;
    IF v_reach.load_floor IS NOT NULL THEN
        RETURN QUERY
        SELECT date_trunc('hour', e.execution_timestamp, 'UTC'), CASE WHEN p_by_tenant THEN coalesce(e.tenant_hk, '') END,
            e.script_type::pg_catalog.text, count(*) FILTER (WHERE e.execution_status = 'COMPLETED'), count(*),
            count(e.duration_ms), coalesce(sum(e.duration_ms), 0),
            max(e.duration_ms), coalesce(sum(('1e' || 10 * e.duration_slot)::pg_catalog."numeric"), 0)
        FROM script_tracking.ended_execution AS e
        WHERE e.load_date >= v_reach.load_floor
            AND (e.recorded_by >= v_reach.counted_before OR e.recorded_by = ANY (v_reach.counted_without))
            AND e.execution_timestamp >= p_since AND e.execution_timestamp < p_until
            AND NOT e.execution_timestamp <@ v_reach.whole
            -- Written so that no index fits: few rows have come since then, and an index on the tenant would lead to
            -- everything that the tenant ever did.
            AND (p_tenant_hk IS NULL OR e.tenant_hk IS NOT DISTINCT FROM p_tenant_hk)
            AND (p_tenants IS NULL OR coalesce(e.tenant_hk, '') = ANY (p_tenants))
        GROUP BY 1, 2, 3;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.tally_hours(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bool, pg_catalog._bytea) IS
    'Executions that have ended, by the hour in which they began and by type, with durations and their histogram';
