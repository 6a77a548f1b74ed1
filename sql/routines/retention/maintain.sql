-- All periodic work, one row a task. Safe to run at any time and twice at once: the second run reports that and does
-- nothing.
CREATE OR REPLACE FUNCTION script_tracking.maintain()
RETURNS TABLE (task pg_catalog.text, outcome pg_catalog.text, details pg_catalog.text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET row_security = on
-- Whoever closes an operation or looks at a report meanwhile waits behind the lock on a default partition.
SET lock_timeout = '50ms'
AS $function$
DECLARE
    v_step record;
    v_sealed pg_catalog.int8 := 0;
    v_rollups record;
    v_days record;
    v_partitions record;
    v_sweep record;
    v_search record;
    v_anomalies record;
    v_is_early pg_catalog.bool;
BEGIN
    -- First of all: the next run counts what this transaction writes itself.
    v_rollups := script_tracking.advance_rollups();
    v_days := script_tracking.advance_rollup_days();
    -- A row, because any user could hold an advisory lock.
    PERFORM FROM script_tracking.installation AS i WHERE i.property_name = 'lock.maintain' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'maintain', 'skipped', 'another maintain is running';
        RETURN;
    END IF;
    -- Nothing that follows could write.
    v_is_early := EXISTS (
        SELECT FROM pg_catalog.pg_partitioned_table AS p
        JOIN pg_catalog.pg_class AS c ON c.oid = p.partrelid
        WHERE p.partdefid = 0 AND c.relnamespace = 'script_tracking'::pg_catalog.regnamespace);
    IF v_is_early THEN
        v_partitions := script_tracking.try_partitions();
    END IF;
    RETURN QUERY SELECT 'abandoned', 'done', format('%s closed', script_tracking.close_abandoned());
    RETURN QUERY SELECT 'rollups', CASE v_rollups.o_outcome WHEN 'more' THEN 'postponed' ELSE v_rollups.o_outcome END,
        CASE v_rollups.o_outcome
            WHEN 'skipped' THEN 'another session is updating them' || coalesce(': ' || script_tracking.get_rollup_holder(), '')
            WHEN 'done' THEN format('%s executions counted', v_rollups.o_executions)
            ELSE format('%s executions counted, there are more; run: dbtrack rollup', v_rollups.o_executions) END;
    RETURN QUERY SELECT 'days', CASE v_days.o_outcome WHEN 'more' THEN 'postponed' ELSE v_days.o_outcome END,
        CASE v_days.o_outcome WHEN 'skipped' THEN 'another session is updating the rollups'
            ELSE format('%s executions counted', v_days.o_executions)
                || CASE v_days.o_outcome WHEN 'more' THEN ', there are more; run: dbtrack maintain' ELSE '' END END;
    RETURN QUERY SELECT 'indexes', 'done', format('%s months indexed', script_tracking.index_months());
    -- The removals of a cleanup that was killed. A running one records its own. If there are none, nothing is locked.
    IF EXISTS (SELECT FROM script_tracking.unrecorded_removal) THEN
        PERFORM FROM script_tracking.installation AS i WHERE i.property_name = 'lock.cleanup' FOR UPDATE SKIP LOCKED;
        IF FOUND THEN
            PERFORM script_tracking.record_cleanup();
        END IF;
    END IF;
    BEGIN
        v_sweep := script_tracking.sweep_objects();
        RETURN QUERY SELECT 'objects', CASE v_sweep.o_outcome WHEN 'off' THEN 'skipped' WHEN 'more' THEN 'postponed'
                ELSE v_sweep.o_outcome END,
            CASE v_sweep.o_outcome WHEN 'off' THEN 'capture.object_history is off'
                ELSE format('%s compared, %s versions added', v_sweep.o_compared, v_sweep.o_written)
                    || CASE v_sweep.o_outcome WHEN 'more' THEN ', there are more; run: dbtrack maintain' ELSE '' END END;
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            -- A definition that cannot be rendered must not stop the rest.
            RETURN QUERY SELECT 'objects', 'failed', SQLERRM;
    END;
    PERFORM script_tracking.note_roles();
    PERFORM script_tracking.note_capture_failures();
    PERFORM script_tracking.link_logged_waits();
    RETURN QUERY SELECT 'receipts', 'done', format('%s removed', script_tracking.remove_spool_receipts());
    BEGIN
        v_search := script_tracking.advance_search();
        RETURN QUERY SELECT 'search', CASE v_search.o_outcome WHEN 'more' THEN 'postponed' WHEN 'removing' THEN 'postponed'
                WHEN 'off' THEN 'skipped' ELSE v_search.o_outcome END,
            CASE v_search.o_outcome WHEN 'skipped' THEN 'another session is updating it'
                WHEN 'off' THEN format('%s versions removed, search.index is off', v_search.o_versions)
                WHEN 'removing' THEN format('%s versions removed, there are more; run: dbtrack maintain', v_search.o_versions)
                ELSE format('%s versions indexed', v_search.o_versions)
                    || CASE v_search.o_outcome WHEN 'more' THEN ', there are more; run: dbtrack maintain' ELSE '' END END;
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            -- Searches find the same without it.
            RETURN QUERY SELECT 'search', 'failed', SQLERRM;
    END;
    BEGIN
        v_anomalies := script_tracking.advance_anomalies();
        RETURN QUERY SELECT 'anomalies', CASE v_anomalies.o_outcome WHEN 'more' THEN 'postponed' ELSE v_anomalies.o_outcome END,
            CASE v_anomalies.o_outcome WHEN 'skipped' THEN 'another session is updating them'
                ELSE format('%s versions noted', v_anomalies.o_versions)
                    || CASE v_anomalies.o_outcome WHEN 'more' THEN ', there are more; run: dbtrack maintain' ELSE '' END END;
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            -- Nothing else depends on it.
            RETURN QUERY SELECT 'anomalies', 'failed', SQLERRM;
    END;
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RETURN QUERY SELECT 'seal', 'skipped', 'it needs a transaction of isolation level read committed';
    ELSE
        BEGIN
            -- The next run does the rest: one transaction must not run for ever.
            FOR v_block IN 1..10 LOOP
                SELECT s.o_leaves, s.o_is_finished INTO v_step FROM script_tracking.seal_step() AS s;
                v_sealed := v_sealed + v_step.o_leaves;
                EXIT WHEN v_step.o_is_finished;
            END LOOP;
            RETURN QUERY SELECT 'seal', 'done', format('%s sealed', v_sealed);
        EXCEPTION WHEN SQLSTATE 'DT005' THEN
            RETURN QUERY SELECT 'seal', 'skipped', 'another seal is running';
        END;
    END IF;
    -- Last of all: its locks are held until the end.
    IF NOT v_is_early THEN
        v_partitions := script_tracking.try_partitions();
    END IF;
    RETURN QUERY SELECT 'partitions', v_partitions.o_outcome, v_partitions.o_details;
END
$function$;

COMMENT ON FUNCTION script_tracking.maintain() IS
    'All periodic work: rollups, partitions ahead, abandoned executions, seals, search, anomalies; one row a task';
