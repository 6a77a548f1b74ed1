-- Returns SHA-256 over the attributes of a satellite version, as a JSON array, which any client can build again.
CREATE OR REPLACE FUNCTION script_tracking.calculate_hash_diff(
    p_tenant_hk pg_catalog.bytea,
    p_script_name pg_catalog."varchar",
    p_script_type pg_catalog."varchar",
    p_execution_status pg_catalog."varchar",
    p_execution_timestamp pg_catalog.timestamptz,
    p_execution_duration_ms pg_catalog.int8,
    p_db_session_user pg_catalog.text,
    p_client_ip pg_catalog.inet,
    p_affected_objects pg_catalog.text[],
    p_sql_command pg_catalog.text,
    p_error_message pg_catalog.text,
    p_metadata pg_catalog.jsonb,
    p_record_source pg_catalog."varchar"
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- As in calculate_hash_key.
    RETURN sha256(convert_to(jsonb_build_array(
        encode(p_tenant_hk, 'hex'), p_script_name, p_script_type, p_execution_status,
        (extract(epoch FROM p_execution_timestamp) * 1000000)::pg_catalog.int8, p_execution_duration_ms,
        p_db_session_user, host(p_client_ip), p_affected_objects, p_sql_command, p_error_message, p_metadata,
        p_record_source)::pg_catalog.text, CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END));
END
$function$;

COMMENT ON FUNCTION script_tracking.calculate_hash_diff(
    pg_catalog.bytea, pg_catalog."varchar", pg_catalog."varchar", pg_catalog."varchar", pg_catalog.timestamptz,
    pg_catalog.int8, pg_catalog.text, pg_catalog.inet, pg_catalog.text[], pg_catalog.text, pg_catalog.text,
    pg_catalog.jsonb, pg_catalog."varchar") IS 'SHA-256 over the attributes of a satellite version';
