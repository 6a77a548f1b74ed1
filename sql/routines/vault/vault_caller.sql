-- Returns the source that the caller may push for, and locks its row: pushes of one source come one after the other. A
-- token decides, if there is one; otherwise the login.
CREATE OR REPLACE FUNCTION script_tracking.vault_caller(p_token pg_catalog.text)
RETURNS script_tracking.vault_source
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_source script_tracking.vault_source;
BEGIN
    SELECT s.* INTO v_source FROM script_tracking.vault_source AS s
    WHERE s.removed_at IS NULL AND CASE WHEN p_token IS NULL THEN s.login_name = session_user
        ELSE s.token_hash = sha256(convert_to(p_token, 'UTF8')) END
    FOR NO KEY UPDATE;
    IF v_source.source_name IS NULL THEN
        RAISE EXCEPTION '%', CASE WHEN p_token IS NULL THEN format('the login %s is not that of a source', session_user)
                ELSE 'this is not the token of a source' END
            USING ERRCODE = 'DT004', HINT = 'on the vault, an administrator can run: dbtrack vault add SOURCE';
    END IF;
    RETURN v_source;
END
$function$;

COMMENT ON FUNCTION script_tracking.vault_caller(pg_catalog.text) IS
    'The source that the caller may push for, locked; for the functions of this schema';
