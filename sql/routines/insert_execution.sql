-- Appends the hub row and the first satellite version of an execution. Only the functions of this schema may call it.
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
    p_record_source pg_catalog."varchar",
    OUT o_script_execution_hk pg_catalog.bytea,
    OUT o_load_date pg_catalog.timestamptz
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_business_key pg_catalog."varchar" := script_tracking.generate_unique_script_name(p_script_name);
    v_duration_ms pg_catalog.int8 := round(p_duration_us / 1000.0);
BEGIN
    o_script_execution_hk := script_tracking.calculate_hash_key(v_business_key);
    o_load_date := clock_timestamp();
    INSERT INTO script_tracking.script_execution_h
        (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
    VALUES (o_script_execution_hk, v_business_key, p_tenant_hk, o_load_date, p_record_source);
    INSERT INTO script_tracking.script_execution_s
        (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
         execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, sql_command,
         error_message, metadata, record_source)
    VALUES (o_script_execution_hk, o_load_date,
        script_tracking.calculate_hash_diff(p_tenant_hk, p_script_name, p_script_type, p_execution_status,
            p_execution_timestamp, v_duration_ms, session_user, inet_client_addr(), p_affected_objects, p_sql_command,
            p_error_message, p_metadata, p_record_source),
        p_tenant_hk, p_script_name, p_script_type, p_execution_status, p_execution_timestamp, v_duration_ms,
        session_user, inet_client_addr(), p_affected_objects, p_sql_command, p_error_message, p_metadata,
        p_record_source);
END
$function$;

COMMENT ON FUNCTION script_tracking.insert_execution IS
    'Appends the hub row and the first satellite version of an execution; for the functions of this schema';
