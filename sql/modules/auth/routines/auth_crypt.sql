-- Returns the bcrypt hash of a password, from pgcrypto in whichever schema it is; with the salt of a stored hash, or a
-- new one.
CREATE OR REPLACE FUNCTION script_tracking.auth_crypt(p_password pg_catalog.text, p_stored_hash pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_schema pg_catalog.name := (SELECT n.nspname FROM pg_extension AS e
        JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'pgcrypto');
    v_hash pg_catalog.text;
BEGIN
    IF v_schema IS NULL THEN
        RAISE EXCEPTION 'the extension pgcrypto is gone, and with it every login of dbtrack''s own store'
            USING ERRCODE = 'DT008', HINT = 'CREATE EXTENSION pgcrypto';
    END IF;
    EXECUTE format('SELECT %I.crypt($1, coalesce($2, %I.gen_salt(''bf'', $3)))', v_schema, v_schema)
        INTO v_hash
        USING p_password, p_stored_hash, script_tracking.current_setting_value('auth.bcrypt_cost')::pg_catalog.int4;
    RETURN v_hash;
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_crypt(pg_catalog.text, pg_catalog.text) IS 'bcrypt of a password, by pgcrypto';
