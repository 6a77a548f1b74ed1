-- Closes executions that can never close themselves: bound executions whose connection is gone, and statements that
-- committed before their end and ended without their end event. Returns how many it closed. Executions of another
-- server are not in open_execution, which belongs to each node.
CREATE OR REPLACE FUNCTION script_tracking.close_abandoned()
RETURNS pg_catalog.int4
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_candidates script_tracking.open_execution[];
    v_candidate script_tracking.open_execution;
    v_backend record;
    v_closed pg_catalog.int4 := 0;
BEGIN
    -- First the rows, then the backends: otherwise an execution that starts in between would look abandoned.
    v_candidates := ARRAY(SELECT o FROM script_tracking.open_execution AS o WHERE o.is_bound);
    PERFORM pg_stat_clear_snapshot();
    FOREACH v_candidate IN ARRAY v_candidates LOOP
        SELECT true AS is_alive, a.state, a.query_start INTO v_backend
        FROM pg_catalog.pg_stat_get_activity(v_candidate.backend_pid) AS a
        WHERE a.backend_start IS NOT DISTINCT FROM v_candidate.backend_start
            OR a.backend_start IS NULL OR v_candidate.backend_start IS NULL;
        IF v_backend.is_alive AND (v_candidate.statement_start IS NULL OR v_backend.state IS NULL
            OR (v_backend.state = 'active' AND v_backend.query_start <= v_candidate.statement_start)) THEN
            CONTINUE;
        END IF;
        PERFORM FROM script_tracking.open_execution AS o
        WHERE o.script_execution_hk = v_candidate.script_execution_hk FOR UPDATE SKIP LOCKED;
        CONTINUE WHEN NOT FOUND;
        DELETE FROM script_tracking.open_execution AS o
        WHERE o.script_execution_hk = v_candidate.script_execution_hk;
        PERFORM script_tracking.close_version(v_candidate.script_execution_hk, v_candidate.load_date,
            CASE WHEN v_backend.is_alive THEN 'FAILED' ELSE 'ABANDONED' END,
            CASE WHEN v_backend.is_alive THEN 'the statement ended without completing; the server log has its error'
                ELSE 'the connection that ran it is gone' END,
            NULL, NULL, NULL, false);
        v_closed := v_closed + 1;
    END LOOP;
    RETURN v_closed;
END
$function$;

COMMENT ON FUNCTION script_tracking.close_abandoned() IS
    'Closes executions that were bound to a connection or a statement that is gone; returns how many';
