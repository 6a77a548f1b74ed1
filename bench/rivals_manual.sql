-- What a tracked operation is measured against: the same inserts and the same update by plain functions, into tables of the
-- same columns, indexes and months. bench.complete updates the version in place; bench.complete_history keeps it, as
-- dbtrack does: it ends the running version and appends the closing one.
CREATE SCHEMA bench;
CREATE TABLE bench.hub (LIKE script_tracking.script_execution_h INCLUDING ALL) PARTITION BY RANGE (load_date);
CREATE TABLE bench.satellite (LIKE script_tracking.script_execution_s INCLUDING ALL) PARTITION BY RANGE (load_date);
DO $$
DECLARE
    v_month record;
BEGIN
    FOR v_month IN
        SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bound,
            CASE i.inhparent WHEN 'script_tracking.script_execution_h'::regclass THEN 'hub' ELSE 'satellite' END AS parent
        FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent IN ('script_tracking.script_execution_h'::regclass, 'script_tracking.script_execution_s'::regclass)
    LOOP
        EXECUTE format('CREATE TABLE bench.%I PARTITION OF bench.%I %s', v_month.name, v_month.parent, v_month.bound);
    END LOOP;
END $$;
CREATE FUNCTION bench.track() RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE v_key text := 'operation' || clock_timestamp() || gen_random_uuid(); v_hash bytea := sha256(v_key::bytea);
BEGIN
    INSERT INTO bench.hub VALUES (v_hash, v_key, NULL, now(), 'bench');
    INSERT INTO bench.satellite (script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
        execution_timestamp, db_session_user, record_source)
    VALUES (v_hash, now(), v_hash, 'operation', 'MANUAL', 'RUNNING', now(), session_user, 'bench');
    RETURN v_hash;
END $$;
CREATE FUNCTION bench.complete(p_hash bytea, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bench.satellite SET load_end_date = now(), execution_status = 'COMPLETED' WHERE script_execution_hk = p_hash
        AND load_date = p_at;
END $$;
CREATE FUNCTION bench.complete_history(p_hash bytea, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE v_row bench.satellite;
BEGIN
    UPDATE bench.satellite SET load_end_date = now() WHERE script_execution_hk = p_hash AND load_date = p_at
    RETURNING * INTO v_row;
    INSERT INTO bench.satellite (script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
        execution_timestamp, execution_duration_ms, db_session_user, record_source)
    VALUES (p_hash, now(), p_hash, v_row.script_name, v_row.script_type, 'COMPLETED', v_row.execution_timestamp,
        extract(epoch FROM now() - v_row.execution_timestamp) * 1000, v_row.db_session_user, v_row.record_source);
END $$;
