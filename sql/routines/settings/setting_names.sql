-- Returns the names in a setting, separated by commas, as an array; {} if it is empty.
CREATE OR REPLACE FUNCTION script_tracking.setting_names(p_value pg_catalog.text)
RETURNS pg_catalog._text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT coalesce(array_agg(btrim(n.name) ORDER BY n.position) FILTER (WHERE btrim(n.name) <> ''), '{}')
    FROM string_to_table(p_value, ',') WITH ORDINALITY AS n (name, position)
$function$;

COMMENT ON FUNCTION script_tracking.setting_names(pg_catalog.text) IS 'The names in a setting, as an array';
