-- Returns the causes in the rollups for these pieces of time, without the gaps. p_tenant_hk: empty for the totals, NULL
-- for each tenant that the caller may see.
CREATE OR REPLACE FUNCTION script_tracking.rollup_error_rows(
    p_tenant_hk pg_catalog.bytea,
    p_levels pg_catalog.int2[],
    p_starts pg_catalog.timestamptz[],
    p_ends pg_catalog.timestamptz[],
    p_gaps pg_catalog.tstzmultirange
)
RETURNS SETOF script_tracking.rollup_error
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
BEGIN
    -- One piece after the other: each is a range of the primary key.
    FOR v_piece IN 1 .. coalesce(cardinality(p_levels), 0) LOOP
        IF p_tenant_hk = '\x' THEN
            -- Compared as rows: the planner then sees that nothing is below, and does not use the index of all starts.
            RETURN QUERY
            SELECT r.*
            FROM script_tracking.rollup_error AS r
            WHERE (r.tenant_hk, r.level_minutes, r.bucket_start) >= ('\x', p_levels[v_piece], p_starts[v_piece])
                AND (r.tenant_hk, r.level_minutes, r.bucket_start) < ('\x', p_levels[v_piece], p_ends[v_piece])
                AND NOT r.bucket_start <@ p_gaps;
        ELSE
            RETURN QUERY
            SELECT r.*
            FROM script_tracking.rollup_error AS r
            WHERE (r.tenant_hk = p_tenant_hk OR p_tenant_hk IS NULL AND r.tenant_hk <> '\x')
                AND r.level_minutes = p_levels[v_piece] AND r.bucket_start >= p_starts[v_piece]
                AND r.bucket_start < p_ends[v_piece] AND NOT r.bucket_start <@ p_gaps;
        END IF;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.rollup_error_rows(
    pg_catalog.bytea, pg_catalog.int2[], pg_catalog.timestamptz[], pg_catalog.timestamptz[],
    pg_catalog.tstzmultirange) IS
    'Causes from the rollups for pieces of time: of all tenants, of one, or of each that the caller may see';
