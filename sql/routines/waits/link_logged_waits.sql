-- Moves the logged waits whose execution is recorded to the waits of that execution, and forgets those of a week ago.
-- Returns how many were moved. If the log does not have the end of a wait, a failed
-- execution waited until it failed, and another one at least as long as the log says. The log may be read before its
-- last lines are written, so such a wait is left for a minute.
CREATE OR REPLACE FUNCTION script_tracking.link_logged_waits()
RETURNS pg_catalog.int4
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_wait script_tracking.logged_wait;
    v_first script_tracking.logged_wait;
    v_found record;
    v_moved pg_catalog.int4 := 0;
BEGIN
    DELETE FROM script_tracking.logged_wait AS w WHERE w.load_date < clock_timestamp() - '7 days'::pg_catalog."interval";
    FOR v_wait IN
        SELECT w.* FROM script_tracking.logged_wait AS w
        WHERE w.wait_state <> 'waiting' OR NOT EXISTS (
            SELECT FROM script_tracking.logged_wait AS e
            WHERE e.backend_pid = w.backend_pid AND e.wait_state <> 'waiting' AND script_tracking.is_same_wait(w, e))
        ORDER BY w.logged_at
        FOR UPDATE SKIP LOCKED
    LOOP
        -- What the log said while it waited names the holders.
        SELECT f.* INTO v_first FROM script_tracking.logged_wait AS f
        WHERE f.backend_pid = v_wait.backend_pid AND f.wait_state = 'waiting' AND script_tracking.is_same_wait(f, v_wait)
        ORDER BY f.logged_at LIMIT 1;
        v_found := script_tracking.waiting_execution(v_wait);
        CONTINUE WHEN v_found.script_execution_hk IS NULL
            OR (v_wait.wait_state = 'waiting' AND NOT coalesce(v_found.has_failed, false)
                AND v_wait.load_date > clock_timestamp() - '1 minute'::pg_catalog."interval");
        INSERT INTO script_tracking.execution_wait_s
            (script_execution_hk, started_at, seen_by, tenant_hk, waited_ms, is_acquired, lock_mode, object_identity,
             backend_pid, statement, holders, record_source)
        VALUES (v_found.script_execution_hk,
            v_wait.logged_at - v_wait.waited_ms * '1 millisecond'::pg_catalog."interval", 'log', v_found.tenant_hk,
            CASE WHEN v_wait.wait_state = 'waiting' AND v_found.has_failed
                THEN greatest(v_wait.waited_ms, round(extract(epoch FROM v_found.ended_at - v_wait.logged_at) * 1000
                    + v_wait.waited_ms, 3))
                ELSE v_wait.waited_ms END,
            CASE v_wait.wait_state WHEN 'acquired' THEN true WHEN 'failed' THEN false
                ELSE CASE WHEN v_found.has_failed THEN false END END,
            v_wait.lock_mode, script_tracking.locked_object(v_wait.lock_target), v_wait.backend_pid, v_wait.statement,
            script_tracking.logged_holders(coalesce(nullif(v_first.holder_pids, '{}'), v_wait.holder_pids), v_wait.logged_at),
            script_tracking.record_source('log_ingest'))
        ON CONFLICT ON CONSTRAINT execution_wait_s_pkey DO NOTHING;
        DELETE FROM script_tracking.logged_wait AS w WHERE w.entry_hash IN (v_wait.entry_hash, v_first.entry_hash);
        v_moved := v_moved + 1;
    END LOOP;
    RETURN v_moved;
END
$function$;

COMMENT ON FUNCTION script_tracking.link_logged_waits() IS
    'Moves logged waits whose execution is recorded to the waits of that execution; returns how many';
