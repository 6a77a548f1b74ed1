-- Counts the executions that began in a time range and have ended, by type: from the rollups as far as they reach,
-- otherwise from the rows. Everything is read in the one snapshot of the calling query, so each execution counts once,
-- even if the rollups advance meanwhile.
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
    v_reach record;
BEGIN
    -- Administrators need not add up all tenants. Others who may read the table, as members of pg_read_all_data, see no
    -- rows of it.
    IF p_tenant_hk IS NULL AND has_table_privilege('script_tracking.rollup_total', 'SELECT') THEN
        v_is_total := EXISTS (SELECT FROM script_tracking.rollup_total);
    END IF;
    v_reach := script_tracking.rollup_reach(p_since, v_until, v_is_total);
    RETURN QUERY
    SELECT t.script_type, sum(t.completed)::pg_catalog.int8, sum(t.failed)::pg_catalog.int8,
        sum(t.cancelled)::pg_catalog.int8, sum(t.abandoned)::pg_catalog.int8, sum(t.timed)::pg_catalog.int8,
        sum(t.duration_ms), max(t.longest_ms), sum(t.histogram)
    FROM (
        SELECT r.script_type, r.completed, r.failed, r.cancelled, r.abandoned, r.timed, r.duration_ms, r.longest_ms,
            r.histogram
        FROM script_tracking.rollup_rows(v_is_total, p_tenant_hk, v_reach.levels, v_reach.starts, v_reach.ends,
            v_reach.gaps) AS r
        UNION ALL
        SELECT l.*
        FROM script_tracking.tally_rows(p_tenant_hk, p_since, v_until, v_reach.whole, v_reach.load_floor,
            v_reach.counted_before, v_reach.counted_without) AS l
    ) AS t
    GROUP BY t.script_type;
END
$function$;

COMMENT ON FUNCTION script_tracking.tally_executions(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Executions that began in a time range and have ended, by type: counts, durations and their histogram';
