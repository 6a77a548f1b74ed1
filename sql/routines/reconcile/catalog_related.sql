-- Returns each changed object with everything that it is, or was, a part of: a DDL command that names any of these
-- explains the change.
CREATE OR REPLACE FUNCTION script_tracking.catalog_related()
RETURNS TABLE (
    difference_id pg_catalog.int8,
    object_type pg_catalog.text,
    identity pg_catalog.text,
    schema_name pg_catalog.text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH RECURSIVE changed AS MATERIALIZED (
        SELECT d.difference_id, o.class_id, o.object_id, o.object_type, o.object_identity, o.schema_name, o.depends_on
        FROM script_tracking.catalog_difference AS d
        CROSS JOIN LATERAL (SELECT (d.old_object).* UNION ALL SELECT (d.new_object).*) AS o
        WHERE o.object_id IS NOT NULL
    ), object AS MATERIALIZED (
        -- By one key, so that thousands of changes are joined by hash.
        SELECT o.class_id || ':' || o.object_id AS place, o.object_type, o.object_identity, o.schema_name, o.depends_on
        FROM script_tracking.catalog_object AS o WHERE o.object_id <> 0
        UNION ALL
        SELECT c.class_id || ':' || c.object_id, c.object_type, c.object_identity, c.schema_name, c.depends_on
        FROM changed AS c WHERE c.object_id <> 0
    ), related AS (
        SELECT c.difference_id, c.object_type, c.object_identity, c.schema_name, c.depends_on
        FROM changed AS c
        UNION
        SELECT r.difference_id, o.object_type, o.object_identity, o.schema_name, o.depends_on
        FROM related AS r
        CROSS JOIN LATERAL unnest(r.depends_on) AS e (place)
        JOIN object AS o ON o.place = e.place
    )
    SELECT r.difference_id, r.object_type, r.object_identity, r.schema_name FROM related AS r
$function$;

COMMENT ON FUNCTION script_tracking.catalog_related() IS 'Each changed object with all that it is, or was, a part of';
