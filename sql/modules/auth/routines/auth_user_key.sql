-- Returns the hash key of a user: tenant and e-mail address, with a bar between them, which is not a hexadecimal digit.
CREATE OR REPLACE FUNCTION script_tracking.auth_user_key(p_email pg_catalog.text, p_tenant_hk pg_catalog.bytea)
RETURNS pg_catalog.bytea
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT script_tracking.calculate_hash_key(
        coalesce(encode(p_tenant_hk, 'hex'), '') || '|' || script_tracking.auth_normal_email(p_email))
$function$;

COMMENT ON FUNCTION script_tracking.auth_user_key(pg_catalog.text, pg_catalog.bytea) IS 'The hash key of a user of dbtrack''s own store';
