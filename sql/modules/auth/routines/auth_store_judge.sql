-- Returns the verdict on one attempt at a user, under the lock of its row: NULL for yes, otherwise the reason. Counts
-- failures and locks. Attempts at a locked user change nothing: no lock lasts longer because somebody keeps trying.
CREATE OR REPLACE FUNCTION script_tracking.auth_store_judge(
    p_user_hk pg_catalog.bytea,
    p_is_right pg_catalog.bool,
    p_stored_hash pg_catalog.text
)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_now pg_catalog.timestamptz;
    v_current auth.user_auth_s;
    v_attempts pg_catalog.int4 := script_tracking.current_setting_value('auth.lockout_attempts');
    v_window pg_catalog."interval" := make_interval(mins =>
        script_tracking.current_setting_value('auth.lockout_minutes')::pg_catalog.int4);
    v_failed_count pg_catalog.int4;
BEGIN
    PERFORM FROM auth.user_h AS h WHERE h.user_hk = p_user_hk FOR NO KEY UPDATE;
    v_now := clock_timestamp();
    SELECT s.* INTO v_current FROM auth.user_auth_s AS s WHERE s.user_hk = p_user_hk AND s.load_end_date IS NULL;
    IF NOT v_current.is_active THEN
        RETURN 'disabled';
    ELSIF v_current.locked_until > v_now THEN
        RETURN 'locked';
    ELSIF p_is_right AND v_current.password_hash = p_stored_hash THEN
        IF v_current.failed_count > 0 THEN
            PERFORM script_tracking.auth_store_version(p_user_hk, v_current.tenant_hk, p_stored_hash, 0, NULL, true);
        END IF;
        RETURN NULL;
    END IF;
    v_failed_count := 1 + CASE WHEN v_current.load_date > v_now - v_window AND v_current.locked_until IS NULL
        THEN v_current.failed_count ELSE 0 END;
    PERFORM script_tracking.auth_store_version(p_user_hk, v_current.tenant_hk, v_current.password_hash, v_failed_count,
        CASE WHEN v_attempts > 0 AND v_failed_count >= v_attempts THEN v_now + v_window END, true);
    RETURN 'wrong password';
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_store_judge(pg_catalog.bytea, pg_catalog.bool, pg_catalog.text) IS
    'The verdict on one attempt at a user of dbtrack''s own store: NULL for yes, otherwise the reason';
