-- Registers a user in dbtrack's own store, and records the attempt. The answer says what is wrong with the password or
-- the e-mail address. It does not say that the user exists already, and costs one bcrypt then, as a yes does.
CREATE OR REPLACE FUNCTION script_tracking.auth_store_register(p_user_data pg_catalog.jsonb)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_started_at pg_catalog.timestamptz := clock_timestamp();
    v_email pg_catalog.text := script_tracking.auth_normal_email(p_user_data ->> 'email');
    v_password pg_catalog.text := coalesce(p_user_data ->> 'password', '');
    v_claimed_hk pg_catalog.bytea := script_tracking.auth_claimed_tenant(p_user_data);
    v_tenant record := script_tracking.auth_writing_tenant(v_claimed_hk);
    v_user_hk pg_catalog.bytea := script_tracking.auth_user_key(v_email, v_tenant.o_tenant_hk);
    v_refusal pg_catalog.text := script_tracking.auth_unfit(v_email, v_password);
    v_reason pg_catalog.text := v_refusal;
    v_hash pg_catalog.text;
BEGIN
    IF v_reason IS NULL AND NOT v_tenant.o_is_allowed THEN
        v_reason := 'no tenant of the caller''s';
    ELSIF v_reason IS NULL THEN
        v_hash := script_tracking.auth_crypt(v_password, NULL);
        -- Of two concurrent calls the second waits here for the first.
        INSERT INTO auth.user_h (user_hk, user_bk, tenant_hk, record_source)
        VALUES (v_user_hk, v_email, v_tenant.o_tenant_hk, script_tracking.record_source('auth_store'))
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            PERFORM script_tracking.auth_store_version(v_user_hk, v_tenant.o_tenant_hk, v_hash, 0, NULL, true);
        ELSE
            v_reason := 'there is such a user already';
        END IF;
    END IF;
    PERFORM script_tracking.auth_store_record('register', v_started_at, v_reason, v_tenant.o_tenant_hk,
        script_tracking.auth_claims(script_tracking.auth_shown_user(p_user_data ->> 'email', v_password, v_reason IS NULL),
            v_claimed_hk, p_user_data, v_password));
    RETURN CASE
        WHEN v_reason IS NULL THEN jsonb_build_object('success', true, 'user_hk', encode(v_user_hk, 'hex'))
        ELSE script_tracking.auth_refusal('register') || jsonb_strip_nulls(jsonb_build_object('message', v_refusal)) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_store_register(pg_catalog.jsonb) IS
    'Registers a user in dbtrack''s own store and records the attempt';
