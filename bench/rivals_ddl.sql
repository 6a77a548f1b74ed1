-- What dbtrack is measured against: the same rows into tables of the same shape, and nothing else; and what people
-- write by hand.
CREATE SCHEMA bench;
CREATE TABLE bench.hub (LIKE script_tracking.script_execution_h INCLUDING ALL) PARTITION BY RANGE (load_date);
CREATE TABLE bench.satellite (LIKE script_tracking.script_execution_s INCLUDING ALL) PARTITION BY RANGE (load_date);
CREATE TABLE bench.hub_default PARTITION OF bench.hub DEFAULT;
CREATE TABLE bench.satellite_default PARTITION OF bench.satellite DEFAULT;
CREATE TABLE bench.log (at timestamptz, tag text, object text, query text, login text);
CREATE FUNCTION bench.bare() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_key text := TG_TAG || clock_timestamp() || gen_random_uuid();
    v_hash bytea := sha256(convert_to(v_key, 'UTF8'));
    v_now timestamptz := clock_timestamp();
BEGIN
    INSERT INTO bench.hub VALUES (v_hash, v_key, NULL, v_now, 'bench');
    INSERT INTO bench.satellite (script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status,
        execution_timestamp, execution_duration_ms, db_session_user, sql_command, record_source)
    VALUES (v_hash, v_now, v_hash, TG_TAG, 'DDL_AUTO', 'COMPLETED', v_now, 1, session_user, current_query(), 'bench');
END $$;
CREATE FUNCTION bench.hand() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO bench.log SELECT clock_timestamp(), command_tag, object_identity, current_query(), session_user
    FROM pg_event_trigger_ddl_commands();
END $$;
CREATE FUNCTION bench.hand_drop() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO bench.log SELECT clock_timestamp(), TG_TAG, object_identity, current_query(), session_user
    FROM pg_event_trigger_dropped_objects();
END $$;
CREATE EVENT TRIGGER bench_bare ON ddl_command_end EXECUTE FUNCTION bench.bare();
CREATE EVENT TRIGGER bench_hand ON ddl_command_end EXECUTE FUNCTION bench.hand();
CREATE EVENT TRIGGER bench_hand_drop ON sql_drop EXECUTE FUNCTION bench.hand_drop();
CREATE TABLE bench.subject (id int, value text);
