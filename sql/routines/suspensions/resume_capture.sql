-- Records that capture is resumed, and closes the open suspension. It runs in the transaction that creates the event triggers
-- again, before it does, and only as the owner: nobody may execute it. NULL: capture is not suspended.
CREATE OR REPLACE FUNCTION script_tracking.resume_capture()
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_open script_tracking.suspension;
    v_execution_hk pg_catalog.bytea;
BEGIN
    SELECT s.* INTO v_open FROM script_tracking.suspension AS s WHERE s.resumed_at IS NULL FOR UPDATE;
    IF v_open.suspension_id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT e.o_script_execution_hk INTO v_execution_hk
    FROM script_tracking.insert_execution('dbtrack resume', 'MAINTENANCE', 'COMPLETED', clock_timestamp(), NULL, NULL, '{}',
        NULL, NULL, script_tracking.session_metadata() || jsonb_build_object(
            'suspension', encode(v_open.script_execution_hk, 'hex'), 'administration', jsonb_build_object(
            'old', jsonb_build_object('property', 'capture', 'value', 'suspended', 'reason', v_open.reason,
                'since', v_open.suspended_at, 'until', v_open.expires_at),
            'new', jsonb_build_object('property', 'capture', 'value', 'on'))), 'administration') AS e;
    -- The clock can have been set back, or be that of another server.
    UPDATE script_tracking.suspension AS s
    SET resumed_at = greatest(clock_timestamp(), s.suspended_at), resume_execution_hk = v_execution_hk
    WHERE s.suspension_id = v_open.suspension_id;
    RETURN v_open.script_execution_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.resume_capture() IS
    'Records that capture is resumed, in the transaction that creates the event triggers again';
