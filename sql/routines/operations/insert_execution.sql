-- Appends the hub row and the first satellite version of an execution. Only the functions of this schema may call it.
-- The keys are built here as generate_unique_script_name, calculate_hash_key, calculate_hash_diff and record_source
-- build them; calls would cost more than the two rows (docs/decisions/0006-capture-cost.md). A test compares them.
CREATE OR REPLACE FUNCTION script_tracking.insert_execution(
    p_script_name pg_catalog."varchar",
    p_script_type pg_catalog."varchar",
    p_execution_status pg_catalog."varchar",
    p_execution_timestamp pg_catalog.timestamptz,
    p_duration_us pg_catalog.int8,
    p_tenant_hk pg_catalog.bytea,
    p_affected_objects pg_catalog.text[],
    p_sql_command pg_catalog.text,
    p_error_message pg_catalog.text,
    p_metadata pg_catalog.jsonb,
    p_writer pg_catalog.text,
    OUT o_script_execution_hk pg_catalog.bytea,
    OUT o_load_date pg_catalog.timestamptz,
    OUT o_record_source pg_catalog."varchar"
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_encoding pg_catalog.name := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
    v_duration_ms pg_catalog.int8 := round(p_duration_us / 1000.0);
    v_client_ip pg_catalog.inet := inet_client_addr();
    v_business_key pg_catalog."varchar";
    v_void pg_catalog.text;
BEGIN
    o_load_date := clock_timestamp();
    o_record_source := p_writer || '@'
        || coalesce(nullif(current_setting('cluster_name'), ''), 'local')
        || ':' || current_setting('port') || '/' || current_database();
    v_business_key := p_script_name || to_char(o_load_date AT TIME ZONE 'UTC', '_YYYY-MM-DD_HH24:MI:SS.US_')
        || right(gen_random_uuid()::pg_catalog.text, 6);
    o_script_execution_hk := sha256(convert_to(v_business_key, v_encoding));
    -- Each in a portal of its own, as a loop has it: see event_trigger_ddl_end.
    FOR v_void IN
        INSERT INTO script_tracking.script_execution_h
            (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
        VALUES (o_script_execution_hk, v_business_key, p_tenant_hk, o_load_date, o_record_source)
        RETURNING ''
    LOOP
        NULL;
    END LOOP;
    FOR v_void IN
        INSERT INTO script_tracking.script_execution_s
            (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
             execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, sql_command,
             error_message, metadata, record_source)
        VALUES (o_script_execution_hk, o_load_date,
            sha256(convert_to(jsonb_build_array(
                encode(p_tenant_hk, 'hex'), p_script_name, p_script_type, p_execution_status,
                (extract(epoch FROM p_execution_timestamp) * 1000000)::pg_catalog.int8, v_duration_ms, session_user,
                host(v_client_ip), p_affected_objects, p_sql_command, p_error_message, p_metadata,
                o_record_source)::pg_catalog.text, v_encoding)),
            p_tenant_hk, p_script_name, p_script_type, p_execution_status, p_execution_timestamp, v_duration_ms,
            session_user, v_client_ip, p_affected_objects, p_sql_command, p_error_message, p_metadata, o_record_source)
        RETURNING ''
    LOOP
        NULL;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.insert_execution(
    pg_catalog."varchar", pg_catalog."varchar", pg_catalog."varchar", pg_catalog.timestamptz, pg_catalog.int8,
    pg_catalog.bytea, pg_catalog.text[], pg_catalog.text, pg_catalog.text, pg_catalog.jsonb, pg_catalog.text) IS
    'Appends the hub row and the first satellite version of an execution; for the functions of this schema';
