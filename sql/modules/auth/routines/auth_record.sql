-- Records an attempt as the caller describes it, as the caller may record any operation of its own: it gains no rights
-- by this.
CREATE OR REPLACE FUNCTION script_tracking.auth_record(
    p_kind pg_catalog.text,
    p_started_at pg_catalog.timestamptz,
    p_reason pg_catalog.text,
    p_tenant_hk pg_catalog.bytea,
    p_metadata pg_catalog.jsonb
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM script_tracking.record_operations(
        operations => jsonb_build_array(jsonb_build_object(
            'script_name', 'auth.' || p_kind || '_user_tracking',
            'script_type', 'AUTHENTICATION',
            'execution_status', CASE WHEN p_reason IS NULL THEN 'COMPLETED' ELSE 'FAILED' END,
            'execution_timestamp', p_started_at,
            'duration_us', (extract(epoch FROM clock_timestamp() - p_started_at) * 1000000)::pg_catalog.int8,
            'error_message', p_reason,
            'metadata', p_metadata)),
        tenant_hk => p_tenant_hk,
        writer => 'track_operation');
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_record(
    pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.bytea, pg_catalog.jsonb) IS
    'Records an attempt to log in or register; p_reason NULL: it succeeded';
