-- Takes an execution out of the open ones, and returns it: of two calls at once, one gets it. For SERIALIZABLE
-- transactions: there a look-up by index watches a whole page of the index, and whoever opens or closes another operation
-- meanwhile would make one of the two fail. What ON CONFLICT finds is not watched, nor is a row found by its place.
CREATE OR REPLACE FUNCTION script_tracking.take_open_execution(p_execution_hk pg_catalog.bytea)
RETURNS script_tracking.open_execution
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_place pg_catalog.tid;
    v_open script_tracking.open_execution;
BEGIN
    -- Where there is none, one comes to stand there for a moment: its login names nobody.
    INSERT INTO script_tracking.open_execution AS o
        (script_execution_hk, load_date, opened_by, is_bound, backend_pid)
    VALUES (p_execution_hk, '-infinity', '', false, 0)
    ON CONFLICT (script_execution_hk) DO UPDATE SET is_bound = o.is_bound
    RETURNING o.ctid INTO v_place;
    DELETE FROM script_tracking.open_execution AS o WHERE o.ctid = v_place RETURNING o.* INTO v_open;
    RETURN CASE WHEN v_open.opened_by <> '' THEN v_open END;
END
$function$;

COMMENT ON FUNCTION script_tracking.take_open_execution(pg_catalog.bytea) IS
    'Takes an execution out of the open ones without making other SERIALIZABLE transactions fail; NULL: it is not open';
