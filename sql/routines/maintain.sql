-- All periodic work, one row a task. Safe to run at any time and twice at once: the second says so and does nothing.
CREATE OR REPLACE FUNCTION script_tracking.maintain()
RETURNS TABLE (task pg_catalog.text, outcome pg_catalog.text, details pg_catalog.text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
-- The lock on a default partition would make DDL wait behind it.
SET lock_timeout = '200ms'
AS $function$
DECLARE
    v_made pg_catalog.text[];
    v_step record;
    v_sealed pg_catalog.int8 := 0;
    v_rollups record;
BEGIN
    -- First of all: it knows best how far it may go while this transaction has no id.
    v_rollups := script_tracking.advance_rollups();
    -- A row, not an advisory lock: that, any user could hold.
    PERFORM FROM script_tracking.installation AS i WHERE i.property_name = 'lock.maintain' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'maintain', 'skipped', 'another maintain is running';
        RETURN;
    END IF;
    BEGIN
        v_made := ARRAY(SELECT p FROM script_tracking.ensure_partitions() AS p);
        RETURN QUERY SELECT 'partitions', 'done', format('%s made', cardinality(v_made));
    EXCEPTION WHEN lock_not_available THEN
        RETURN QUERY SELECT 'partitions', 'postponed', 'a lock was not to be had within 200 ms; the next run tries again';
    END;
    RETURN QUERY SELECT 'abandoned', 'done', format('%s closed', script_tracking.close_abandoned());
    RETURN QUERY SELECT 'rollups', CASE v_rollups.o_outcome WHEN 'more' THEN 'postponed' ELSE v_rollups.o_outcome END,
        CASE v_rollups.o_outcome
            WHEN 'skipped' THEN 'another session brings them forward'
            WHEN 'done' THEN format('%s executions counted', v_rollups.o_executions)
            ELSE format('%s executions counted, there are more; run: dbtrack rollup', v_rollups.o_executions) END;
    RETURN QUERY SELECT 'receipts', 'done', format('%s removed', script_tracking.remove_spool_receipts());
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RETURN QUERY SELECT 'seal', 'skipped', 'it needs a transaction of isolation level read committed';
        RETURN;
    END IF;
    BEGIN
        -- What is left, the next run takes: one transaction does not go on for ever.
        FOR v_block IN 1..10 LOOP
            SELECT s.o_leaves, s.o_is_finished INTO v_step FROM script_tracking.seal_step() AS s;
            v_sealed := v_sealed + v_step.o_leaves;
            EXIT WHEN v_step.o_is_finished;
        END LOOP;
        RETURN QUERY SELECT 'seal', 'done', format('%s sealed', v_sealed);
    EXCEPTION WHEN SQLSTATE 'DT005' THEN
        RETURN QUERY SELECT 'seal', 'skipped', 'another seal is running';
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.maintain() IS
    'All periodic work: rollups, partitions ahead, abandoned executions, seals; one row a task';
