-- Computes HMAC-SHA256 (RFC 2104) with a key of at most 64 bytes; the server has no function for it without an extension.
CREATE OR REPLACE FUNCTION script_tracking.hmac_sha256(p_key pg_catalog.bytea, p_message pg_catalog.bytea)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_inner pg_catalog.bytea := decode(repeat('36', 64), 'hex');
    v_outer pg_catalog.bytea := decode(repeat('5c', 64), 'hex');
BEGIN
    FOR v_place IN 0..length(p_key) - 1 LOOP
        v_inner := set_byte(v_inner, v_place, get_byte(v_inner, v_place) # get_byte(p_key, v_place));
        v_outer := set_byte(v_outer, v_place, get_byte(v_outer, v_place) # get_byte(p_key, v_place));
    END LOOP;
    RETURN sha256(v_outer || sha256(v_inner || p_message));
END
$function$;

COMMENT ON FUNCTION script_tracking.hmac_sha256(pg_catalog.bytea, pg_catalog.bytea) IS
    'HMAC-SHA256; for the functions of this schema';
