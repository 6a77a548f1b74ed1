-- Returns the classes of the objects that an execution changed, by the history of objects; NULL without one. Of a
-- classification (p_metadata, NULL for all others), the class that it is about.
CREATE OR REPLACE FUNCTION script_tracking.execution_classes(
    p_execution_hk pg_catalog.bytea,
    p_load_date pg_catalog.timestamptz,
    p_metadata pg_catalog.jsonb,
    p_class_map pg_catalog.jsonb
)
RETURNS pg_catalog.text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT array_agg(DISTINCT c.name ORDER BY c.name)
    FROM (
        SELECT p_metadata #>> '{classification,class}' AS name
        UNION ALL
        SELECT e.value
        FROM script_tracking.object_s AS v
        CROSS JOIN LATERAL jsonb_array_elements_text(p_class_map -> encode(v.object_hk, 'hex')) AS e
        WHERE v.load_date = p_load_date AND v.script_execution_hk = p_execution_hk) AS c
    WHERE c.name IS NOT NULL
$function$;

COMMENT ON FUNCTION script_tracking.execution_classes(pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.jsonb, pg_catalog.jsonb) IS
    'The classes of the objects that an execution changed (p_class_map: of class_map); NULL: none';
