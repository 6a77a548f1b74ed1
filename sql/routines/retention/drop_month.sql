-- Drops one month's partitions and returns the number of executions in them; NULL, with nothing done, if one of them is
-- still RUNNING.
CREATE OR REPLACE FUNCTION script_tracking.drop_month(p_month pg_catalog.text)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_executions pg_catalog.int8 := script_tracking.clear_month(p_month);
BEGIN
    IF v_executions IS NOT NULL THEN
        PERFORM script_tracking.drop_months(ARRAY[p_month]);
    END IF;
    RETURN v_executions;
END
$function$;

COMMENT ON FUNCTION script_tracking.drop_month(pg_catalog.text) IS
    'Drops one month''s partitions; returns how many executions were in them, NULL when one is still RUNNING';
