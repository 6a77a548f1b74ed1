-- Seals one block of the rows that are not sealed yet. o_is_finished false: call again, in a transaction of its own.
-- The order matters: first the start of the oldest open transaction of this database, then the rows, seen a little
-- later. What a transaction writes that is open then has a load_date after that start, and is found next time.
CREATE OR REPLACE FUNCTION script_tracking.seal_step(
    p_most_rows pg_catalog.int8 DEFAULT 50000,
    OUT o_block_number pg_catalog.int8,
    OUT o_leaves pg_catalog.int8,
    OUT o_is_finished pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET row_security = on
AS $function$
DECLARE
    v_place record;
    v_state script_tracking.seal_state;
    v_last script_tracking.seal_block;
    v_open_since pg_catalog.timestamptz;
    v_chosen record;
    v_is_elsewhere pg_catalog.bool;
    v_sealed_before pg_catalog.timestamptz;
BEGIN
    IF p_most_rows IS NULL OR p_most_rows NOT BETWEEN 1 AND 1000000 THEN
        RAISE EXCEPTION 'the rows of a block must be 1 to 1000000, not %', p_most_rows
            USING ERRCODE = 'DT006', HINT = 'run: dbtrack seal';
    END IF;
    -- One older snapshot for the whole transaction would hide rows that were committed since, for ever.
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'sealing needs a transaction of isolation level read committed, not %',
            current_setting('transaction_isolation') USING ERRCODE = 'DT006', HINT = 'run: dbtrack seal';
    END IF;
    PERFORM FROM script_tracking.installation AS i WHERE i.property_name = 'lock.seal' FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'another seal is running' USING ERRCODE = 'DT005', HINT = 'nothing was done; run it again later';
    END IF;
    PERFORM pg_stat_clear_snapshot();
    -- A minute more, for a clock that was set back.
    v_open_since := script_tracking.records_since() - '1 minute'::pg_catalog."interval";
    SELECT p.o_place, p.o_timeline INTO v_place FROM script_tracking.seal_place() AS p;
    SELECT s.* INTO v_state FROM script_tracking.seal_state AS s;
    SELECT b.* INTO v_last FROM script_tracking.seal_block AS b ORDER BY b.block_number DESC LIMIT 1;
    v_is_elsewhere := v_state.place - 'database' IS DISTINCT FROM v_place.o_place - 'database'
        OR v_state.timeline IS DISTINCT FROM v_place.o_timeline;
    -- Another server had another clock: every row is examined once.
    SELECT c.* INTO v_chosen FROM script_tracking.choose_unsealed(
        CASE WHEN v_is_elsewhere THEN '-infinity' ELSE v_state.sealed_before END, p_most_rows) AS c;
    o_leaves := coalesce(cardinality(v_chosen.o_keys), 0);
    o_is_finished := o_leaves = 0 OR NOT v_chosen.o_has_more;
    v_sealed_before := least(v_chosen.o_sealed_before, v_open_since);
    IF o_leaves > 0 THEN
        o_block_number := coalesce(v_last.block_number, 0) + 1;
        PERFORM script_tracking.write_block(o_block_number, CASE WHEN v_is_elsewhere
                THEN coalesce(v_last.segment_number, 0) + 1 ELSE v_last.segment_number END,
            v_place.o_place, v_place.o_timeline, script_tracking.write_leaves(o_block_number, v_chosen.o_keys,
                v_chosen.o_load_dates, v_chosen.o_kinds, v_chosen.o_arrivals), v_chosen.o_transactions,
            v_chosen.o_load_dates, v_sealed_before, cardinality(array_remove(v_chosen.o_arrivals, NULL)));
        DELETE FROM script_tracking.late_arrival AS a
        USING unnest(v_chosen.o_load_dates, v_chosen.o_keys) AS c (load_date, key)
        WHERE a.load_date = c.load_date AND a.record_hk = c.key;
    END IF;
    IF o_is_finished THEN
        -- Late arrivals that a cleanup removed before they were sealed.
        DELETE FROM script_tracking.late_arrival AS a
        WHERE a.arrived_at < now() - '1 day'::pg_catalog."interval" AND NOT EXISTS (
            SELECT FROM script_tracking.archivable_row AS r
            WHERE r.load_date = a.load_date AND a.record_hk IN (r.script_execution_hk, r.script_execution_parent_hk));
    END IF;
    IF o_leaves > 0 OR NOT v_is_elsewhere THEN
        DELETE FROM script_tracking.seal_state;
        INSERT INTO script_tracking.seal_state (sealed_before, last_run_at, place, timeline)
        VALUES (v_sealed_before, clock_timestamp(), v_place.o_place, v_place.o_timeline);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.seal_step(pg_catalog.int8) IS
    'Seals one block of the rows that are not sealed yet; call it until it says that it is finished';
