-- Returns the executions that must be kept because of a setting retention.least.class.NAME: those that changed an object of the class,
-- and the operations inside which they ran, because these have the ticket and who approved it. Nothing is read where no such rule is set.
CREATE OR REPLACE FUNCTION script_tracking.kept_class_executions()
RETURNS TABLE (script_execution_hk pg_catalog.bytea)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_classes CONSTANT pg_catalog.text[] := ARRAY(
        SELECT b.class_name FROM script_tracking.retention_bounds() AS b WHERE b.class_name IS NOT NULL AND b.least_days > 0);
BEGIN
    IF v_classes = '{}' THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH RECURSIVE kept (execution_hk, depth) AS (
        SELECT c.script_execution_hk, 0
        FROM script_tracking.class_executions(v_classes) AS c
        JOIN script_tracking.retention_bounds() AS b ON b.class_name = c.class_name
        WHERE b.least_days > 0
            AND c.execution_timestamp >= date_trunc('day', now(), 'UTC') - make_interval(days => b.least_days)
        UNION
        SELECT l.parent_execution_hk, k.depth + 1
        FROM kept AS k
        JOIN script_tracking.script_execution_parent_l AS l ON l.child_execution_hk = k.execution_hk
        WHERE k.depth < 10
    )
    SELECT DISTINCT k.execution_hk FROM kept AS k;
END
$function$;

COMMENT ON FUNCTION script_tracking.kept_class_executions() IS
    'The executions that must be kept because of the class of what they changed (retention.least.class.*), and their operations';
