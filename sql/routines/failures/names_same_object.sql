-- Returns whether two executions affected an object of the same name. The log has names as the statement wrote them, so
-- a name without a schema is the same as one with any schema.
CREATE OR REPLACE FUNCTION script_tracking.names_same_object(p_objects pg_catalog.text[], p_others pg_catalog.text[])
RETURNS pg_catalog.bool
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT coalesce(p_objects && p_others, false) OR EXISTS (
        SELECT
        FROM unnest(p_objects) AS o (name)
        JOIN unnest(p_others) AS t (name)
            ON o.name LIKE '%.' || replace(replace(t.name, '\', '\\'), '_', '\_') AND strpos(t.name, '.') = 0
                AND strpos(t.name, '%') = 0)
$function$;

COMMENT ON FUNCTION script_tracking.names_same_object(pg_catalog.text[], pg_catalog.text[]) IS
    'Whether two lists of objects have a name in common, with or without its schema';
