-- Removes an execution from the open ones and returns it: of two concurrent calls, one gets it. This form is for
-- SERIALIZABLE transactions: there a lookup by index tracks a whole page of the index, and a session that opens or
-- closes another operation meanwhile would make one of the two fail. What ON CONFLICT finds is not tracked, and neither
-- is a row found by its ctid.
CREATE OR REPLACE FUNCTION script_tracking.take_open_execution(p_execution_hk pg_catalog.bytea)
RETURNS script_tracking.open_execution
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_place pg_catalog.tid;
    v_open script_tracking.open_execution;
BEGIN
    -- If there is no such row, one is inserted for a moment, without a login.
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
    'Removes an execution from the open ones without making other SERIALIZABLE transactions fail; NULL: it is not open';
