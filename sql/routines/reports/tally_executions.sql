-- Counts the executions that began in a time range and have ended, by type: from the rollups as far as they reach (whole
-- days, then hours and less), otherwise from the rows. Everything is read in the one snapshot of the calling query, so each
-- execution counts once, even if the rollups advance meanwhile.
CREATE OR REPLACE FUNCTION script_tracking.tally_executions(
    p_tenant_hk pg_catalog.bytea,
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz DEFAULT NULL
)
RETURNS TABLE (
    script_type pg_catalog."varchar",
    completed pg_catalog.int8,
    failed pg_catalog.int8,
    cancelled pg_catalog.int8,
    abandoned pg_catalog.int8,
    timed pg_catalog.int8,
    duration_ms pg_catalog."numeric",
    longest_ms pg_catalog."numeric",
    histogram pg_catalog."numeric"
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    v_until CONSTANT pg_catalog.timestamptz := greatest(coalesce(p_until, 'infinity'), p_since);
    v_is_total pg_catalog.bool := false;
    v_tenant_hk pg_catalog.bytea := p_tenant_hk;
    v_seen pg_catalog.bytea[];
    -- Whose days are read. Those of several tenants without those of all would be as many rows as their hours.
    v_key pg_catalog.bytea;
    v_days pg_catalog.tstzmultirange := '{}';
    v_day_starts pg_catalog.timestamptz[];
    v_reach record;
BEGIN
    -- Administrators need not add up all tenants. Others who may read the table, as members of pg_read_all_data, see no
    -- rows of it.
    IF p_tenant_hk IS NULL AND has_table_privilege('script_tracking.rollup_total', 'SELECT') THEN
        v_is_total := EXISTS (SELECT FROM script_tracking.rollup_total);
    END IF;
    -- Whoever sees one tenant only, as in a source without tenants of its own, asks for that one.
    IF p_tenant_hk IS NULL AND NOT v_is_total AND NOT script_tracking.sees_all_tenants() THEN
        v_seen := script_tracking.caller_tenants();
        v_tenant_hk := CASE WHEN cardinality(v_seen) = 1 THEN v_seen[1] END;
    END IF;
    v_key := v_tenant_hk;
    IF v_is_total THEN
        v_key := (SELECT r.tenant_hk FROM script_tracking.rollup_day AS r WHERE r.tenant_hk = '' LIMIT 1);
    END IF;
    IF v_key IS NOT NULL THEN
        v_days := script_tracking.trend_days('type', v_tenant_hk, p_since, v_until, NULL, NULL);
        v_day_starts := ARRAY(SELECT s.day_start FROM script_tracking.rollup_day_state AS s
            WHERE s.day_start >= p_since AND s.day_start < v_until AND s.day_start <@ v_days);
    END IF;
    v_reach := script_tracking.rollup_reach(p_since, v_until, v_is_total, v_days);
    RETURN QUERY
    SELECT t.script_type, sum(t.completed)::pg_catalog.int8, sum(t.failed)::pg_catalog.int8,
        sum(t.cancelled)::pg_catalog.int8, sum(t.abandoned)::pg_catalog.int8, sum(t.timed)::pg_catalog.int8,
        sum(t.duration_ms), max(t.longest_ms), sum(t.histogram)
    FROM (
        -- Day by day: to a range the planner would prefer the index of all tenants.
        SELECT r.subject AS script_type, r.completed, r.failed, r.cancelled, r.abandoned, r.timed, r.duration_ms, r.longest_ms,
            r.histogram
        FROM unnest(v_day_starts) AS d (day_start)
        JOIN script_tracking.rollup_day AS r ON r.tenant_hk = v_key AND r.subject_kind = 'type' AND r.day_start = d.day_start
        UNION ALL
        SELECT r.script_type, r.completed, r.failed, r.cancelled, r.abandoned, r.timed, r.duration_ms, r.longest_ms,
            r.histogram
        FROM script_tracking.rollup_rows(v_is_total, v_tenant_hk, v_reach.levels, v_reach.starts, v_reach.ends,
            v_reach.gaps) AS r
        UNION ALL
        SELECT l.*
        FROM script_tracking.tally_rows(v_tenant_hk, p_since, v_until, v_reach.whole, v_reach.load_floor,
            v_reach.counted_before, v_reach.counted_without) AS l
    ) AS t
    GROUP BY t.script_type;
END
$function$;

COMMENT ON FUNCTION script_tracking.tally_executions(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Executions that began in a time range and have ended, by type: counts, durations and their histogram';
