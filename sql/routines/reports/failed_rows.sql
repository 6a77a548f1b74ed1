-- Returns the causes of failure in a time range that the rollups do not cover, read from the rows: everything in
-- p_whole, and in the rest of the range the rows that came after the rollups. The result has the form of rollup rows of
-- level 0. With p_execution_keys it reads only these executions.
CREATE OR REPLACE FUNCTION script_tracking.failed_rows(
    p_tenant_hk pg_catalog.bytea,
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_whole pg_catalog.tstzmultirange,
    p_load_floor pg_catalog.timestamptz,
    p_counted_before pg_catalog.xid8,
    p_counted_without pg_catalog.xid8[],
    p_execution_keys pg_catalog.bytea[] DEFAULT NULL
)
RETURNS SETOF script_tracking.rollup_error
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
-- These rows are recent and in memory, so a tenant's scattered rows cost no more than the failures of all tenants side
-- by side.
SET random_page_cost = 1
SET jit = off
AS $function$
DECLARE
    v_part record;
BEGIN
    FOR v_part IN
        -- Nothing is recorded before it began; the day allows for clocks that differ.
        SELECT lower(w.span) AS since, upper(w.span) AS until, '{}'::pg_catalog.tstzmultirange AS without,
            lower(w.span) - '1 day'::pg_catalog."interval" AS load_floor, true AS is_whole
        FROM unnest(p_whole) AS w (span)
        UNION ALL
        SELECT p_since, p_until, p_whole, p_load_floor, false
        WHERE p_load_floor IS NOT NULL
    LOOP
        RETURN QUERY
        SELECT coalesce(p_tenant_hk, '\x'), 0::pg_catalog.int2, p_since, '\x'::pg_catalog.bytea, f.execution_status,
            f.own_sqlstate, f.ended_by, f.message, f.has_statement, f.has_hint, count(*), min(f.execution_timestamp),
            max(f.execution_timestamp),
            (array_agg(f.version_number ORDER BY f.execution_timestamp DESC, f.version_number DESC, f.script_execution_hk))[1],
            (array_agg(f.script_execution_hk ORDER BY f.execution_timestamp DESC, f.version_number DESC,
                f.script_execution_hk))[1],
            (array_agg(f.load_date ORDER BY f.execution_timestamp DESC, f.version_number DESC, f.script_execution_hk))[1],
            (array_agg(DISTINCT f.db_session_user::pg_catalog.text))[1:20],
            coalesce((array_agg(DISTINCT f.tenant_hk) FILTER (WHERE f.tenant_hk IS NOT NULL))[1:20], '{}')
        FROM script_tracking.failed_execution AS f
        WHERE f.execution_timestamp >= v_part.since AND f.execution_timestamp < v_part.until
            -- Checked before the more expensive conditions: the index of failures may contain those of all tenants.
            AND (p_tenant_hk IS NULL OR f.tenant_hk = p_tenant_hk)
            AND f.load_date >= v_part.load_floor
            AND (v_part.is_whole OR f.recorded_by >= p_counted_before OR f.recorded_by = ANY (p_counted_without))
            AND NOT f.execution_timestamp <@ v_part.without
            AND (p_execution_keys IS NULL OR f.script_execution_hk = ANY (p_execution_keys))
        GROUP BY f.execution_status, f.own_sqlstate, f.ended_by, f.message, f.has_statement, f.has_hint;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.failed_rows(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.tstzmultirange,
    pg_catalog.timestamptz, pg_catalog.xid8, pg_catalog.xid8[], pg_catalog.bytea[]) IS
    'Causes of failure in a time range that the rollups do not cover, read from the rows';
