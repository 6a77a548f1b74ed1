-- Stores a new hash after a login if auth.bcrypt_cost differs from the cost of the old hash. Otherwise the old cost
-- would distinguish a user from an unknown one, for which the present cost is spent.
CREATE OR REPLACE FUNCTION script_tracking.auth_store_rehash(
    p_user_hk pg_catalog.bytea,
    p_password pg_catalog.text,
    p_stored_hash pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF split_part(p_stored_hash, '$', 3) <> lpad(script_tracking.current_setting_value('auth.bcrypt_cost'), 2, '0') THEN
        PERFORM script_tracking.auth_store_version(h.user_hk, h.tenant_hk, script_tracking.auth_crypt(p_password, NULL), 0,
            NULL, true)
        FROM auth.user_h AS h WHERE h.user_hk = p_user_hk;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_store_rehash(pg_catalog.bytea, pg_catalog.text, pg_catalog.text) IS
    'Stores a new hash if the cost of bcrypt has changed';
