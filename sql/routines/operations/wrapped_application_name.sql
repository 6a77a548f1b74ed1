-- Returns the application name of the connections of a wrapped command, as the server shows it: ASCII only, at most 63
-- characters. dbtrack track builds the same name.
CREATE OR REPLACE FUNCTION script_tracking.wrapped_application_name(p_script_name pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT left('dbtrack:' || regexp_replace(p_script_name COLLATE "C", '[^ -~]', '?', 'g'), 63)
$function$;

COMMENT ON FUNCTION script_tracking.wrapped_application_name(pg_catalog.text) IS
    'The application name of a wrapped command''s connections; for the functions of this schema';
