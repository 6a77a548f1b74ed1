-- Returns the executions since a moment that changed something classified, and those inside which these ran, each with the
-- classes. Set-wise, for evidence: execution_classes asks for one.
CREATE OR REPLACE FUNCTION script_tracking.classified_executions(p_since pg_catalog.timestamptz)
RETURNS TABLE (script_execution_hk pg_catalog.bytea, classes pg_catalog.text[])
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE classified AS MATERIALIZED (
        SELECT o.object_hk, o.class_name FROM script_tracking.class_objects() AS o
    ), touched (script_execution_hk, class_name, depth) AS (
        SELECT DISTINCT v.script_execution_hk, c.class_name, 0
        FROM script_tracking.object_s AS v
        JOIN classified AS c ON c.object_hk = v.object_hk
        -- A baseline changes nothing.
        WHERE v.load_date >= p_since AND v.cause <> 'baseline'
        UNION
        SELECT l.parent_execution_hk, t.class_name, t.depth + 1
        FROM touched AS t
        JOIN script_tracking.script_execution_parent_l AS l ON l.child_execution_hk = t.script_execution_hk
        WHERE t.depth < 10 AND l.load_date >= p_since
    )
    SELECT t.script_execution_hk, array_agg(DISTINCT t.class_name ORDER BY t.class_name) FROM touched AS t GROUP BY t.script_execution_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.classified_executions(pg_catalog.timestamptz) IS
    'The executions since a moment that changed something classified, also as operations, each with the classes';
