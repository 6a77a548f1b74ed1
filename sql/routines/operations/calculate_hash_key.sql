-- Returns the hash key of a business key: SHA-256 over its UTF-8 bytes.
CREATE OR REPLACE FUNCTION script_tracking.calculate_hash_key(business_key pg_catalog."varchar")
RETURNS pg_catalog.bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN sha256(convert_to(business_key,
    -- In an SQL_ASCII database a name may contain any byte, and a conversion would refuse it.
    CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END));
END
$function$;

COMMENT ON FUNCTION script_tracking.calculate_hash_key(pg_catalog."varchar") IS
    'The hash key of a business key: SHA-256 over its UTF-8 bytes';
