-- Returns when the versions were written, by their own word, that a segment should have and has not: those that were
-- recorded by a transaction that this state does not cover, and whose load_date is before the end of the last segment. p_tenants:
-- only of these; NULL: of all.
CREATE OR REPLACE FUNCTION script_tracking.late_for_search(
    p_covered_before pg_catalog.xid8,
    p_covered_without pg_catalog.xid8[],
    p_tenants pg_catalog.bytea[] DEFAULT NULL
)
RETURNS pg_catalog.timestamptz[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- As in uncounted_since: one plan for the session, by the index on recorded_by.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_bitmapscan = off
SET jit = off
AS $function$
DECLARE
    v_end CONSTANT pg_catalog.timestamptz := (SELECT max(g.segment_end) FROM script_tracking.search_segment AS g);
BEGIN
    IF p_covered_without = '{}' THEN
        RETURN ARRAY(
            SELECT s.load_date FROM script_tracking.script_execution_s AS s
            WHERE s.recorded_by >= p_covered_before AND s.load_date < v_end
                AND (p_tenants IS NULL OR s.tenant_hk = ANY (p_tenants)));
    END IF;
    RETURN ARRAY(
        SELECT s.load_date FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by >= p_covered_before AND s.load_date < v_end
            AND (p_tenants IS NULL OR s.tenant_hk = ANY (p_tenants))
        UNION ALL
        SELECT s.load_date FROM script_tracking.script_execution_s AS s
        WHERE s.recorded_by = ANY (p_covered_without) AND s.load_date < v_end
            AND (p_tenants IS NULL OR s.tenant_hk = ANY (p_tenants)));
END
$function$;

COMMENT ON FUNCTION script_tracking.late_for_search(pg_catalog.xid8, pg_catalog.xid8[], pg_catalog.bytea[]) IS
    'load_date of versions that came after their segment of the search was written';
