-- Appends the hub row and the first version of an operation from an outbox, whose key is given; a running one is open.
CREATE OR REPLACE FUNCTION script_tracking.insert_outbox_execution(
    p_business_key pg_catalog.text,
    p_tenant_hk pg_catalog.bytea,
    p_record pg_catalog.jsonb,
    p_affected_objects pg_catalog.text[],
    p_metadata pg_catalog.jsonb
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_now pg_catalog.timestamptz := clock_timestamp();
    v_record_source pg_catalog."varchar" := script_tracking.record_source('rest_api');
    v_execution_hk pg_catalog.bytea := script_tracking.calculate_hash_key(p_business_key);
    v_row script_tracking.script_execution_s;
BEGIN
    v_row.script_name := script_tracking.redact_message(p_record ->> 'script_name');
    v_row.script_type := script_tracking.redact_message(p_record ->> 'script_type');
    v_row.execution_status := p_record ->> 'execution_status';
    v_row.execution_timestamp := (p_record ->> 'execution_timestamp')::pg_catalog.timestamptz;
    v_row.execution_duration_ms := round((p_record ->> 'duration_us')::pg_catalog.int8 / 1000.0);
    v_row.affected_objects := coalesce(p_affected_objects, '{}');
    v_row.sql_command := p_record ->> 'statement';
    v_row.error_message := p_record ->> 'error_message';
    v_row.metadata := p_metadata
        || jsonb_strip_nulls(jsonb_build_object('duration_us', (p_record ->> 'duration_us')::pg_catalog.int8));
    INSERT INTO script_tracking.script_execution_h
        (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
    VALUES (v_execution_hk, p_business_key, p_tenant_hk, v_now, v_record_source);
    INSERT INTO script_tracking.script_execution_s
        (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
         execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, sql_command,
         error_message, metadata, record_source)
    VALUES (v_execution_hk, v_now,
        script_tracking.calculate_hash_diff(p_tenant_hk, v_row.script_name, v_row.script_type, v_row.execution_status,
            v_row.execution_timestamp, v_row.execution_duration_ms, session_user, inet_client_addr(),
            v_row.affected_objects, v_row.sql_command, v_row.error_message, v_row.metadata, v_record_source),
        p_tenant_hk, v_row.script_name, v_row.script_type, v_row.execution_status, v_row.execution_timestamp,
        v_row.execution_duration_ms, session_user, inet_client_addr(), v_row.affected_objects, v_row.sql_command,
        v_row.error_message, v_row.metadata, v_record_source);
    IF v_row.execution_status = 'RUNNING' THEN
        INSERT INTO script_tracking.open_execution (script_execution_hk, load_date, opened_by, is_bound, backend_pid)
        VALUES (v_execution_hk, v_now, session_user, false, pg_backend_pid());
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.insert_outbox_execution(
    pg_catalog.text, pg_catalog.bytea, pg_catalog.jsonb, pg_catalog.text[], pg_catalog.jsonb) IS
    'Appends the first version of an operation from an outbox, under a key that is given; for the functions of this schema';
