-- Checks a password in dbtrack's own store, and records the attempt with its exact reason. The caller learns only yes
-- or no. Every no costs one bcrypt, as a yes does, so that the time reveals no more than the answer.
CREATE OR REPLACE FUNCTION script_tracking.auth_store_login(
    p_email pg_catalog.text,
    p_password pg_catalog.text,
    p_tenant_hk pg_catalog.bytea
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_started_at pg_catalog.timestamptz := clock_timestamp();
    v_password pg_catalog.text := coalesce(p_password, '');
    v_tenant record := script_tracking.auth_writing_tenant(p_tenant_hk);
    v_user_hk pg_catalog.bytea := script_tracking.auth_user_key(coalesce(p_email, ''), v_tenant.o_tenant_hk);
    v_stored_hash pg_catalog.text;
    v_hash pg_catalog.text;
    v_reason pg_catalog.text;
BEGIN
    IF v_tenant.o_is_allowed THEN
        SELECT s.password_hash INTO v_stored_hash
        FROM auth.user_auth_s AS s WHERE s.user_hk = v_user_hk AND s.load_end_date IS NULL;
    END IF;
    -- Before the lock: many attempts are hashed side by side, and judged one after the other.
    v_hash := script_tracking.auth_crypt(v_password, v_stored_hash);
    v_reason := CASE
        WHEN NOT v_tenant.o_is_allowed THEN 'no tenant of the caller''s'
        WHEN v_stored_hash IS NULL THEN 'unknown user'
        -- bcrypt sees only the first 72 bytes; no longer password was ever registered.
        ELSE script_tracking.auth_store_judge(v_user_hk,
            v_hash = v_stored_hash AND octet_length(v_password) <= 72, v_stored_hash) END;
    IF v_reason IS NULL THEN
        PERFORM script_tracking.auth_store_rehash(v_user_hk, v_password, v_stored_hash);
    END IF;
    PERFORM script_tracking.auth_store_record('login', v_started_at, v_reason, v_tenant.o_tenant_hk,
        script_tracking.auth_claims(script_tracking.auth_shown_user(p_email, v_password, v_stored_hash IS NOT NULL),
            p_tenant_hk, NULL, v_password));
    RETURN CASE WHEN v_reason IS NULL THEN jsonb_build_object('success', true, 'user_hk', encode(v_user_hk, 'hex'))
        ELSE script_tracking.auth_refusal('login') END;
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_store_login(pg_catalog.text, pg_catalog.text, pg_catalog.bytea) IS
    'Logs a user of dbtrack''s own store in and records the attempt';
