-- Counts the executions of a time range that the rollups do not cover, from their rows: everything in p_whole, and in
-- the rest of the range what came after the rollups.
CREATE OR REPLACE FUNCTION script_tracking.tally_rows(
    p_tenant_hk pg_catalog.bytea,
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_whole pg_catalog.tstzmultirange,
    p_load_floor pg_catalog.timestamptz,
    p_counted_before pg_catalog.xid8,
    p_counted_without pg_catalog.xid8[]
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
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_span pg_catalog.tstzrange;
    v_load_floor pg_catalog.timestamptz;
    v_start pg_catalog.timestamptz;
    v_end pg_catalog.timestamptz;
BEGIN
    FOR v_span IN SELECT w.span FROM unnest(p_whole) AS w (span) LOOP
        v_start := lower(v_span);
        v_end := upper(v_span);
        -- Nothing is recorded before it began; the day allows for clocks that differ.
        v_load_floor := v_start - '1 day'::pg_catalog."interval";
        RETURN QUERY
        SELECT e.script_type, count(*) FILTER (WHERE e.execution_status = 'COMPLETED'),
            count(*) FILTER (WHERE e.execution_status = 'FAILED'), count(*) FILTER (WHERE e.execution_status = 'CANCELLED'),
            count(*) FILTER (WHERE e.execution_status = 'ABANDONED'), count(e.duration_ms), coalesce(sum(e.duration_ms), 0),
            max(e.duration_ms), coalesce(sum(('1e' || 10 * e.duration_slot)::pg_catalog."numeric"), 0)
        FROM script_tracking.ended_execution AS e
        WHERE e.execution_timestamp >= v_start AND e.execution_timestamp < v_end AND e.load_date >= v_load_floor
            AND (p_tenant_hk IS NULL OR e.tenant_hk = p_tenant_hk)
        GROUP BY e.script_type;
    END LOOP;
    IF p_load_floor IS NOT NULL THEN
        RETURN QUERY
        SELECT e.script_type, count(*) FILTER (WHERE e.execution_status = 'COMPLETED'),
            count(*) FILTER (WHERE e.execution_status = 'FAILED'), count(*) FILTER (WHERE e.execution_status = 'CANCELLED'),
            count(*) FILTER (WHERE e.execution_status = 'ABANDONED'), count(e.duration_ms), coalesce(sum(e.duration_ms), 0),
            max(e.duration_ms), coalesce(sum(('1e' || 10 * e.duration_slot)::pg_catalog."numeric"), 0)
        FROM script_tracking.ended_execution AS e
        WHERE e.load_date >= p_load_floor
            AND (e.recorded_by >= p_counted_before OR e.recorded_by = ANY (p_counted_without))
            AND e.execution_timestamp >= p_since AND e.execution_timestamp < p_until
            AND NOT e.execution_timestamp <@ p_whole
            -- Written so that no index fits: few rows have come since then, and an index on the tenant would lead to
            -- everything that the tenant ever did.
            AND (p_tenant_hk IS NULL OR e.tenant_hk IS NOT DISTINCT FROM p_tenant_hk)
        GROUP BY e.script_type;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.tally_rows(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.tstzmultirange,
    pg_catalog.timestamptz, pg_catalog.xid8, pg_catalog.xid8[]) IS
    'Counts the executions of a time range that the rollups do not cover, from their rows';
