-- Returns what is wrong with an e-mail address and a password that somebody registers; NULL if nothing is.
CREATE OR REPLACE FUNCTION script_tracking.auth_unfit(p_email pg_catalog.text, p_password pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_shortest pg_catalog.int4 := script_tracking.current_setting_value('auth.password_characters');
BEGIN
    RETURN CASE
        WHEN p_email IS NULL OR length(p_email) > 254 OR p_email !~ '^[^@[:space:][:cntrl:]]+@[^@[:space:][:cntrl:]]+$'
            THEN 'this is not an e-mail address'
        WHEN length(p_password) < v_shortest THEN format('the password must have %s characters or more', v_shortest)
        -- bcrypt would silently ignore the rest.
        WHEN octet_length(p_password) > 72 THEN 'the password must have at most 72 bytes'
        WHEN strpos(script_tracking.auth_normal_email(p_password), p_email) > 0 THEN 'the password must not hold the e-mail'
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_unfit(pg_catalog.text, pg_catalog.text) IS
    'What is wrong with an e-mail address and a password to register';
