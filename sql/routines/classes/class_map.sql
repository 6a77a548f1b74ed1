-- Returns the classes of each classified object, with those of its columns, by the hash key of the object in hexadecimal; NULL if
-- nothing is classified. Queries over many executions call it once, and execution_classes for each.
CREATE OR REPLACE FUNCTION script_tracking.class_map()
RETURNS pg_catalog.jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT jsonb_object_agg(o.key, o.classes)
    FROM (
        SELECT encode(c.object_hk, 'hex') AS key, jsonb_agg(c.class_name ORDER BY c.class_name) AS classes
        FROM script_tracking.class_objects() AS c
        GROUP BY c.object_hk) AS o
$function$;

COMMENT ON FUNCTION script_tracking.class_map() IS
    'The classes of each classified object, by its hash key in hexadecimal; NULL: nothing is classified';
