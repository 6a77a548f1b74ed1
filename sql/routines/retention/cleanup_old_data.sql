-- Removes executions older than this many days, in one transaction, and records that. `dbtrack cleanup` does the same
-- in small transactions.
CREATE OR REPLACE FUNCTION script_tracking.cleanup_old_data(retention_days pg_catalog.int4 DEFAULT 365)
RETURNS pg_catalog.int4
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET row_security = on
AS $function$
DECLARE
    v_cutoff pg_catalog.timestamptz;
    v_step record;
    v_executions pg_catalog.int8;
BEGIN
    v_cutoff := script_tracking.retention_cutoff(retention_days);
    PERFORM script_tracking.permit_cleanup(retention_days, false);
    PERFORM script_tracking.lock_cleanup();
    SELECT d.o_executions INTO v_executions FROM script_tracking.drop_expired_months(v_cutoff) AS d;
    LOOP
        SELECT c.* INTO v_step FROM script_tracking.cleanup_step(v_cutoff, 50000) AS c;
        v_executions := v_executions + v_step.o_executions;
        EXIT WHEN v_step.o_is_finished;
    END LOOP;
    PERFORM script_tracking.record_cleanup();
    RETURN v_executions;
END
$function$;

COMMENT ON FUNCTION script_tracking.cleanup_old_data(pg_catalog.int4) IS
    'Removes executions that started more than so many days ago, except those still RUNNING; returns how many';
