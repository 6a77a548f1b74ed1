-- Records what dbtrack's own store found. This is not what a caller claims, so only the store's functions may call it.
CREATE OR REPLACE FUNCTION script_tracking.auth_store_record(
    p_kind pg_catalog.text,
    p_started_at pg_catalog.timestamptz,
    p_reason pg_catalog.text,
    p_tenant_hk pg_catalog.bytea,
    p_claims pg_catalog.jsonb
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- No sql_command: the text of the call contains the password.
    PERFORM script_tracking.insert_execution('auth.' || p_kind || '_user_tracking', 'AUTHENTICATION',
        CASE WHEN p_reason IS NULL THEN 'COMPLETED' ELSE 'FAILED' END, p_started_at,
        (extract(epoch FROM clock_timestamp() - p_started_at) * 1000000)::pg_catalog.int8, p_tenant_hk, '{}', NULL,
        p_reason, script_tracking.caller_metadata(p_claims) || script_tracking.session_metadata()
            || '{"checked_by": "dbtrack"}', 'auth_store');
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_store_record(
    pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.bytea, pg_catalog.jsonb) IS
    'Records what dbtrack''s own store found; for its functions';
