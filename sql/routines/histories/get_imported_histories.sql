-- Returns the tables of migration tools from which migrations were imported, and which are there still.
CREATE OR REPLACE FUNCTION script_tracking.get_imported_histories()
RETURNS TABLE (
    tool pg_catalog.text,
    table_name pg_catalog.text,
    time_zone pg_catalog.text
)
LANGUAGE sql STABLE ROWS 2
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT h.source ->> 'tool', h.source ->> 'table', h.source ->> 'time_zone'
    FROM (SELECT i.property_value::pg_catalog.jsonb AS source FROM script_tracking.installation AS i
        WHERE starts_with(i.property_name, 'history.') OFFSET 0) AS h
    WHERE to_regclass(h.source ->> 'table') IS NOT NULL
    ORDER BY 1, 2
$function$;

COMMENT ON FUNCTION script_tracking.get_imported_histories() IS
    'The tables of migration tools from which dbtrack import has recorded, and dbtrack maintain does: tool, table_name, time_zone';
