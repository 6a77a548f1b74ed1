-- Records operations that have ended, in one set-based call. Each element has script_name, and optionally script_type,
-- execution_status, execution_timestamp, duration_us, error_message, metadata, affected_objects.
CREATE OR REPLACE FUNCTION script_tracking.record_operations(
    operations pg_catalog.jsonb,
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    writer pg_catalog."varchar" DEFAULT 'tracker_api'
)
RETURNS pg_catalog.int4
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_now pg_catalog.timestamptz := clock_timestamp();
    v_tenant_hk pg_catalog.bytea := script_tracking.writing_tenant(tenant_hk);
    v_record_source pg_catalog."varchar" := script_tracking.record_source(writer);
    v_session pg_catalog.jsonb := script_tracking.session_metadata();
    v_suffix pg_catalog.int4 := floor(random() * 16777216);
    v_count pg_catalog.int4;
BEGIN
    WITH item AS MATERIALIZED (
        SELECT script_tracking.redact_message(o.script_name) AS script_name,
            script_tracking.redact_message(coalesce(o.script_type, 'MANUAL')) AS script_type,
            coalesce(o.execution_status, 'COMPLETED') AS execution_status,
            coalesce(o.execution_timestamp, v_now) AS execution_timestamp,
            round(o.duration_us / 1000.0)::pg_catalog.int8 AS duration_ms,
            script_tracking.redact_message(o.error_message) AS error_message,
            script_tracking.caller_metadata(o.metadata) || v_session
                || jsonb_strip_nulls(jsonb_build_object('duration_us', o.duration_us)) AS metadata,
            coalesce(script_tracking.redact_names(o.affected_objects), '{}') AS affected_objects,
            -- Consecutive suffixes: within one call no two business keys can be equal.
            left(script_tracking.redact_message(o.script_name), 255) || to_char(v_now AT TIME ZONE 'UTC', '_YYYY-MM-DD_HH24:MI:SS.US_')
                || lpad(to_hex((v_suffix + o.ordinality) % 16777216), 6, '0') AS business_key
        FROM ROWS FROM (jsonb_to_recordset(operations) AS (
            script_name pg_catalog.text, script_type pg_catalog.text, execution_status pg_catalog.text,
            execution_timestamp pg_catalog.timestamptz, duration_us pg_catalog.int8, error_message pg_catalog.text,
            metadata pg_catalog.jsonb, affected_objects pg_catalog.text[])) WITH ORDINALITY AS o
        WHERE script_tracking.check_ended_operation(o.script_name, coalesce(o.script_type, 'MANUAL'), writer,
            coalesce(o.execution_status, 'COMPLETED'), o.execution_timestamp, o.duration_us)
    ), hub AS (
        INSERT INTO script_tracking.script_execution_h
            (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
        SELECT script_tracking.calculate_hash_key(i.business_key), i.business_key, v_tenant_hk, v_now, v_record_source
        FROM item AS i
    )
    INSERT INTO script_tracking.script_execution_s
        (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
         execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, error_message,
         metadata, record_source)
    SELECT script_tracking.calculate_hash_key(i.business_key), v_now,
        script_tracking.calculate_hash_diff(v_tenant_hk, i.script_name, i.script_type, i.execution_status,
            i.execution_timestamp, i.duration_ms, session_user, inet_client_addr(), i.affected_objects, NULL,
            i.error_message, i.metadata, v_record_source),
        v_tenant_hk, i.script_name, i.script_type, i.execution_status, i.execution_timestamp, i.duration_ms,
        session_user, inet_client_addr(), i.affected_objects, i.error_message, i.metadata, v_record_source
    FROM item AS i;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_operations(pg_catalog.jsonb, pg_catalog.bytea, pg_catalog."varchar") IS
    'Records operations that have ended, many in one call: a JSON array of objects with script_name and, optionally, '
    'script_type, execution_status, execution_timestamp, duration_us, error_message, metadata, affected_objects';
