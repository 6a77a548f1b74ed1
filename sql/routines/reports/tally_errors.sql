-- Counts the executions that began in a time range and did not succeed, by cause: from the rollups as far as they
-- reach, otherwise from the rows, in the one snapshot of the calling query. One cause can have several result rows.
CREATE OR REPLACE FUNCTION script_tracking.tally_errors(
    p_tenant_hk pg_catalog.bytea,
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz DEFAULT NULL
)
RETURNS SETOF script_tracking.rollup_error
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_until CONSTANT pg_catalog.timestamptz := greatest(coalesce(p_until, 'infinity'), p_since);
    v_is_total CONSTANT pg_catalog.bool := p_tenant_hk IS NULL AND script_tracking.sees_all_tenants();
    v_reach record;
BEGIN
    v_reach := script_tracking.rollup_reach(p_since, v_until, v_is_total);
    RETURN QUERY
    SELECT r.* FROM script_tracking.rollup_error_rows(CASE WHEN v_is_total THEN '\x' ELSE p_tenant_hk END,
        v_reach.levels, v_reach.starts, v_reach.ends, v_reach.gaps) AS r;
    RETURN QUERY
    SELECT f.* FROM script_tracking.failed_rows(p_tenant_hk, p_since, v_until, v_reach.whole, v_reach.load_floor,
        v_reach.counted_before, v_reach.counted_without) AS f;
END
$function$;

COMMENT ON FUNCTION script_tracking.tally_errors(pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Executions that began in a time range and failed or were cancelled or abandoned, by cause';
