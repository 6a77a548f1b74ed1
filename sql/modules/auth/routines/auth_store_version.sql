-- Appends a version to a user's satellite and ends the one before. The caller holds the lock of the hub's row.
CREATE OR REPLACE FUNCTION script_tracking.auth_store_version(
    p_user_hk pg_catalog.bytea,
    p_tenant_hk pg_catalog.bytea,
    p_password_hash pg_catalog.text,
    p_failed_count pg_catalog.int4,
    p_locked_until pg_catalog.timestamptz,
    p_is_active pg_catalog.bool
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_load_date pg_catalog.timestamptz := clock_timestamp();
BEGIN
    -- The clock may have been set back since the version before.
    UPDATE auth.user_auth_s AS s
    SET load_end_date = greatest(v_load_date, s.load_date + '1 microsecond'::pg_catalog."interval")
    WHERE s.user_hk = p_user_hk AND s.load_end_date IS NULL
    RETURNING s.load_end_date INTO v_load_date;
    v_load_date := coalesce(v_load_date, clock_timestamp());
    INSERT INTO auth.user_auth_s (user_hk, load_date, hash_diff, tenant_hk, password_hash, failed_count, locked_until,
        is_active, record_source)
    VALUES (p_user_hk, v_load_date, script_tracking.calculate_hash_key(jsonb_build_array(encode(p_tenant_hk, 'hex'),
            p_password_hash, p_failed_count, extract(epoch FROM p_locked_until), p_is_active)::pg_catalog.text),
        p_tenant_hk, p_password_hash, p_failed_count, p_locked_until, p_is_active,
        script_tracking.record_source('auth_store'));
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_store_version(
    pg_catalog.bytea, pg_catalog.bytea, pg_catalog.text, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.bool) IS
    'Appends a version to a user''s satellite';
