-- Ends the current version of an execution, and returns it. It is found by its load_date, and planned each time with it, so
-- that one month's partition is opened, not all. By itself, because the setting would have every expression of its caller
-- planned each time too: that took as long as all the rest.
CREATE OR REPLACE FUNCTION script_tracking.update_version_end(
    p_execution_hk pg_catalog.bytea,
    p_load_date pg_catalog.timestamptz,
    p_ended_at pg_catalog.timestamptz
)
RETURNS script_tracking.script_execution_s
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
AS $function$
DECLARE
    v_row script_tracking.script_execution_s;
BEGIN
    UPDATE script_tracking.script_execution_s AS s
    SET load_end_date = p_ended_at
    WHERE s.load_date = p_load_date AND s.script_execution_hk = p_execution_hk AND s.load_end_date IS NULL
    RETURNING s.* INTO v_row;
    RETURN v_row;
END
$function$;

COMMENT ON FUNCTION script_tracking.update_version_end(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Ends the current version of an execution, and returns it; NULL: it is missing';
