-- Returns the seed of the hashes that recognise the strings that code runs. It is secret, so that nobody can make two
-- strings with one hash.
CREATE OR REPLACE FUNCTION script_tracking.string_seed()
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN ('x' || left(script_tracking.string_digest('seed'), 16))::pg_catalog."bit"(64)::pg_catalog.int8;
END
$function$;

COMMENT ON FUNCTION script_tracking.string_seed() IS 'The seed of the hashes that recognise the strings that code runs';
