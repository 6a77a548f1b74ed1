-- Counts the executions of these spans that have ended by tenant, one or more rows for each, whose sum is exact: from the hours of the
-- rollups as far as they reach, otherwise from the rows. The empty tenant is the platform, of which the rollups store no hours: they
-- are what the hours of all have beyond those of its tenants. p_sees_platform: the caller sees the hours of all.
CREATE OR REPLACE FUNCTION script_tracking.count_by_tenant(
    p_spans pg_catalog.tstzmultirange,
    p_sees_platform pg_catalog.bool
)
RETURNS TABLE (
    tenant_hk pg_catalog.bytea,
    ended pg_catalog.int8
)
LANGUAGE plpgsql STABLE ROWS 1000
SET search_path = pg_catalog, pg_temp
-- The planner leaves out the months that the range does not touch.
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_gap pg_catalog.tstzrange;
    v_reach record;
    v_span pg_catalog.tstzrange;
    v_load_floor pg_catalog.timestamptz;
    v_piece pg_catalog.int4;
BEGIN
    FOR v_span IN SELECT w.span FROM unnest(p_spans) AS w (span) LOOP
        v_reach := script_tracking.rollup_reach(lower(v_span), upper(v_span), false);
        FOR v_piece IN 1 .. coalesce(cardinality(v_reach.levels), 0) LOOP
            RETURN QUERY
            WITH hour AS MATERIALIZED (
                SELECT r.tenant_hk, sum(r.completed + r.failed + r.cancelled + r.abandoned)::pg_catalog.int8 AS ended
                FROM script_tracking.rollup_tenant AS r
                WHERE r.level_minutes = v_reach.levels[v_piece] AND r.bucket_start >= v_reach.starts[v_piece]
                    AND r.bucket_start < v_reach.ends[v_piece] AND NOT r.bucket_start <@ v_reach.gaps
                GROUP BY r.tenant_hk
            )
            SELECT h.tenant_hk, h.ended FROM hour AS h
            UNION ALL
            SELECT '', -sum(h.ended)::pg_catalog.int8 FROM hour AS h WHERE p_sees_platform;
            IF p_sees_platform THEN
                RETURN QUERY
                SELECT ''::pg_catalog.bytea, sum(r.completed + r.failed + r.cancelled + r.abandoned)::pg_catalog.int8
                FROM script_tracking.rollup_total AS r
                WHERE r.level_minutes = v_reach.levels[v_piece] AND r.bucket_start >= v_reach.starts[v_piece]
                    AND r.bucket_start < v_reach.ends[v_piece] AND NOT r.bucket_start <@ v_reach.gaps;
            END IF;
        END LOOP;
        FOR v_gap IN SELECT w.span FROM unnest(v_reach.whole) AS w (span) LOOP
            -- Nothing is recorded before it began; the day allows for clocks that differ.
            v_load_floor := lower(v_gap) - '1 day'::pg_catalog."interval";
            RETURN QUERY
            SELECT coalesce(e.tenant_hk, ''), count(*)
            FROM script_tracking.ended_execution AS e
            WHERE e.execution_timestamp >= lower(v_gap) AND e.execution_timestamp < upper(v_gap) AND e.load_date >= v_load_floor
            GROUP BY e.tenant_hk;
        END LOOP;
        IF v_reach.load_floor IS NOT NULL THEN
            RETURN QUERY
            SELECT coalesce(e.tenant_hk, ''), count(*)
            FROM script_tracking.ended_execution AS e
            WHERE e.load_date >= v_reach.load_floor
                AND (e.recorded_by >= v_reach.counted_before OR e.recorded_by = ANY (v_reach.counted_without))
                AND e.execution_timestamp <@ v_span AND NOT e.execution_timestamp <@ v_reach.whole
            GROUP BY e.tenant_hk;
        END IF;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.count_by_tenant(pg_catalog.tstzmultirange, pg_catalog.bool) IS
    'Executions of these spans that have ended, by tenant: from the hours of the rollups and from the rows';
