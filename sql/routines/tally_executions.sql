-- What began in a span of time and has ended, by type: from the rollups as far as they go, else from the rows. All is
-- read in the one snapshot of the calling query, so each execution counts once, whatever is advanced meanwhile.
CREATE OR REPLACE FUNCTION script_tracking.tally_executions(
    p_tenant_hk pg_catalog.bytea,
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz DEFAULT NULL,
    p_with_histogram pg_catalog.bool DEFAULT true
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
    slots pg_catalog.int2[],
    slot_counts pg_catalog.int8[]
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
    -- Administrators need not add up all tenants. Others who may read the table, as members of pg_read_all_data, are shown
    -- no row of it.
    IF p_tenant_hk IS NULL AND has_table_privilege('script_tracking.rollup_total', 'SELECT') THEN
        v_is_total := EXISTS (SELECT FROM script_tracking.rollup_total);
    END IF;
    v_reach := script_tracking.rollup_reach(p_since, v_until, v_is_total);
    RETURN QUERY
    WITH counted AS MATERIALIZED (
        SELECT r.* FROM script_tracking.rollup_rows(v_is_total, p_tenant_hk, v_reach.levels, v_reach.starts,
            v_reach.ends, v_reach.gaps) AS r
    ), live AS MATERIALIZED (
        SELECT t.* FROM script_tracking.tally_rows(p_tenant_hk, p_since, v_until, v_reach.whole,
            v_reach.load_floor, v_reach.counted_before) AS t
    ), tally AS (
        SELECT a.script_type, sum(a.completed)::pg_catalog.int8 AS completed, sum(a.failed)::pg_catalog.int8 AS failed,
            sum(a.cancelled)::pg_catalog.int8 AS cancelled, sum(a.abandoned)::pg_catalog.int8 AS abandoned,
            sum(a.timed)::pg_catalog.int8 AS timed, sum(a.duration_ms) AS duration_ms, max(a.longest_ms) AS longest_ms
        FROM (
            SELECT c.script_type, c.completed, c.failed, c.cancelled, c.abandoned, c.timed, c.duration_ms, c.longest_ms
            FROM counted AS c
            UNION ALL
            SELECT l.script_type,
                CASE WHEN l.execution_status = 'COMPLETED' THEN l.executions ELSE 0 END,
                CASE WHEN l.execution_status = 'FAILED' THEN l.executions ELSE 0 END,
                CASE WHEN l.execution_status = 'CANCELLED' THEN l.executions ELSE 0 END,
                CASE WHEN l.execution_status = 'ABANDONED' THEN l.executions ELSE 0 END,
                l.timed, l.duration_ms, l.longest_ms
            FROM live AS l
        ) AS a
        GROUP BY a.script_type
    ), histogram AS (
        SELECT h.script_type, array_agg(h.slot ORDER BY h.slot) AS slots,
            array_agg(h.slot_count ORDER BY h.slot) AS slot_counts
        FROM (
            -- As float8 the server adds at half the cost, and exactly up to 9e15.
            SELECT a.script_type, a.slot, sum(a.slot_count::pg_catalog.float8)::pg_catalog.int8 AS slot_count
            FROM (
                -- Unnested in the select list: in FROM, each row would make a table of its own.
                SELECT c.script_type, unnest(c.slots) AS slot, unnest(c.slot_counts) AS slot_count
                FROM counted AS c
                WHERE p_with_histogram
                UNION ALL
                SELECT l.script_type, l.duration_slot, l.timed FROM live AS l WHERE l.duration_slot IS NOT NULL
            ) AS a
            GROUP BY a.script_type, a.slot
        ) AS h
        GROUP BY h.script_type
    )
    SELECT t.script_type, t.completed, t.failed, t.cancelled, t.abandoned, t.timed, t.duration_ms, t.longest_ms,
        coalesce(h.slots, '{}'), coalesce(h.slot_counts, '{}')
    FROM tally AS t
    LEFT JOIN histogram AS h ON h.script_type = t.script_type;
END
$function$;

COMMENT ON FUNCTION script_tracking.tally_executions IS
    'Executions that began in a span of time and have ended, by type: counts, durations and, if wanted, their histogram';
