-- Returns a claimed user name in the form in which it may be stored. People type passwords into the wrong field, so a
-- text that is neither a known user nor looks like an e-mail address is not kept, and neither is anything that contains
-- the password.
CREATE OR REPLACE FUNCTION script_tracking.auth_shown_user(
    p_user pg_catalog.text,
    p_password pg_catalog.text,
    p_is_known pg_catalog.bool
)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE
        WHEN p_user IS NULL THEN NULL
        WHEN p_password <> '' AND strpos(lower(p_user), lower(p_password)) > 0 THEN '[not shown: it holds the password]'
        WHEN length(p_user) <= 254 AND (p_is_known OR p_user ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$')
            THEN p_user
        ELSE '[not shown: it is not an e-mail]' END
$function$;

COMMENT ON FUNCTION script_tracking.auth_shown_user(pg_catalog.text, pg_catalog.text, pg_catalog.bool) IS
    'A claimed user name as it may be stored';
