-- The moment of the client's message, in microseconds since 1970: each string of statements has its own.
CREATE OR REPLACE FUNCTION script_tracking.string_moment()
RETURNS pg_catalog.int8
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN extract(epoch FROM statement_timestamp()) * 1000000;
END
$function$;

COMMENT ON FUNCTION script_tracking.string_moment() IS 'The moment of the client''s message, in microseconds';
