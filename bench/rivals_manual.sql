-- What a tracked operation is measured against: two inserts and one update, by plain functions.
CREATE SCHEMA bench;
CREATE TABLE bench.hub (LIKE script_tracking.script_execution_h INCLUDING ALL);
CREATE TABLE bench.satellite (LIKE script_tracking.script_execution_s INCLUDING ALL);
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
