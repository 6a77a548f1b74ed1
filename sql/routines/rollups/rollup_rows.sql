-- Returns the rows of the rollups for these pieces of time, without the gaps.
CREATE OR REPLACE FUNCTION script_tracking.rollup_rows(
    p_is_total pg_catalog.bool,
    p_tenant_hk pg_catalog.bytea,
    p_levels pg_catalog.int2[],
    p_starts pg_catalog.timestamptz[],
    p_ends pg_catalog.timestamptz[],
    p_gaps pg_catalog.tstzmultirange
)
RETURNS SETOF script_tracking.rollup_total
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_piece pg_catalog.int4;
BEGIN
    -- One piece after the other: each is a range of the primary key, whatever the statistics say.
    FOR v_piece IN 1 .. coalesce(cardinality(p_levels), 0) LOOP
        IF p_is_total THEN
            RETURN QUERY
            SELECT r.*
            FROM script_tracking.rollup_total AS r
            WHERE r.level_minutes = p_levels[v_piece] AND r.bucket_start >= p_starts[v_piece]
                AND r.bucket_start < p_ends[v_piece] AND NOT r.bucket_start <@ p_gaps;
        ELSE
            RETURN QUERY
            SELECT r.level_minutes, r.bucket_start, r.script_type, r.completed, r.failed, r.cancelled, r.abandoned,
                r.timed, r.duration_ms, r.longest_ms, r.histogram
            FROM script_tracking.rollup_tenant AS r
            WHERE (p_tenant_hk IS NULL OR r.tenant_hk = p_tenant_hk)
                AND r.level_minutes = p_levels[v_piece] AND r.bucket_start >= p_starts[v_piece]
                AND r.bucket_start < p_ends[v_piece] AND NOT r.bucket_start <@ p_gaps;
        END IF;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.rollup_rows(
    pg_catalog.bool, pg_catalog.bytea, pg_catalog.int2[], pg_catalog.timestamptz[], pg_catalog.timestamptz[],
    pg_catalog.tstzmultirange) IS
    'Rows of the rollups for pieces of time: the totals, or those of one tenant or all that the caller may see';
