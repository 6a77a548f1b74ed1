-- Returns the objects that have a class, each with its classes and those of its columns: also those that were dropped, and what an
-- object was before a restore gave it another number.
CREATE OR REPLACE FUNCTION script_tracking.class_objects()
RETURNS TABLE (object_hk pg_catalog.bytea, class_name pg_catalog.text)
LANGUAGE sql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT DISTINCT o.object_hk, g.class_name
    FROM script_tracking.get_classes() AS g
    CROSS JOIN LATERAL (VALUES (g.object_hk), (g.source_hk)) AS o (object_hk)
$function$;

COMMENT ON FUNCTION script_tracking.class_objects() IS
    'The objects that have a class, also by one of their columns, and those that were dropped; one row a class';
