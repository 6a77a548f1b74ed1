-- Returns the executions that changed an object of these classes, or gave or took one of them: set-wise what execution_classes says
-- of one execution.
CREATE OR REPLACE FUNCTION script_tracking.class_executions(p_classes pg_catalog.text[])
RETURNS TABLE (
    script_execution_hk pg_catalog.bytea,
    class_name pg_catalog.text,
    execution_timestamp pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH object AS MATERIALIZED (
        SELECT o.* FROM script_tracking.class_objects() AS o WHERE o.class_name = ANY (p_classes)
    ), touched AS MATERIALIZED (
        SELECT v.script_execution_hk, v.load_date, o.class_name
        FROM object AS o
        JOIN script_tracking.object_s AS v ON v.object_hk = o.object_hk
        UNION
        SELECT c.script_execution_hk, c.load_date, c.class_name
        FROM script_tracking.object_class_s AS c
        WHERE c.class_name = ANY (p_classes)
    )
    SELECT t.script_execution_hk, t.class_name, s.execution_timestamp
    FROM touched AS t
    JOIN script_tracking.script_execution_s AS s ON s.load_date = t.load_date AND s.script_execution_hk = t.script_execution_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.class_executions(pg_catalog.text[]) IS
    'The executions that changed an object of these classes, or gave or took one of them';
