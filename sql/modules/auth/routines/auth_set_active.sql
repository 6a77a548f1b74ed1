-- Disables a user of dbtrack's own store, or enables it again; in both cases no lock remains. True if there is such a
-- user.
CREATE OR REPLACE FUNCTION script_tracking.auth_set_active(
    email pg_catalog."varchar",
    is_active pg_catalog.bool,
    tenant_hk pg_catalog.bytea DEFAULT NULL
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_started_at pg_catalog.timestamptz := clock_timestamp();
    v_tenant_hk pg_catalog.bytea := script_tracking.writing_tenant(auth_set_active.tenant_hk);
    v_user_hk pg_catalog.bytea := script_tracking.auth_user_key(email, v_tenant_hk);
    v_hash pg_catalog.text;
BEGIN
    PERFORM FROM auth.user_h AS h WHERE h.user_hk = v_user_hk FOR NO KEY UPDATE;
    SELECT s.password_hash INTO v_hash FROM auth.user_auth_s AS s WHERE s.user_hk = v_user_hk AND s.load_end_date IS NULL;
    IF v_hash IS NULL OR auth_set_active.is_active IS NULL THEN
        RETURN false;
    END IF;
    PERFORM script_tracking.auth_store_version(v_user_hk, v_tenant_hk, v_hash, 0, NULL, auth_set_active.is_active);
    PERFORM script_tracking.auth_store_record(CASE WHEN auth_set_active.is_active THEN 'enable' ELSE 'disable' END,
        v_started_at, NULL, v_tenant_hk, jsonb_build_object('user', script_tracking.auth_normal_email(email)));
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_set_active(pg_catalog."varchar", pg_catalog.bool, pg_catalog.bytea) IS
    'Disables a user of dbtrack''s own store, or enables it and removes its lock; true if there is such a user';
