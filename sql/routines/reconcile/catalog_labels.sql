-- Returns comments and security labels, grouped by the object that they are on.
CREATE OR REPLACE FUNCTION script_tracking.catalog_labels()
RETURNS TABLE (
    class_id pg_catalog.oid,
    object_id pg_catalog.oid,
    definition pg_catalog.text,
    attributes pg_catalog.jsonb
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT l.classoid, l.objoid,
        string_agg(ROW(l.objsubid, l.kind, l.label)::pg_catalog.text, E'\n' ORDER BY l.objsubid, l.kind),
        jsonb_object_agg(l.kind || coalesce(' of column ' || a.attname, ''), left(l.label, 200))
    FROM (
        SELECT d.classoid, d.objoid, d.objsubid, 'comment' AS kind, d.description AS label
        FROM pg_catalog.pg_description AS d WHERE d.objoid >= 16384
        UNION ALL
        SELECT d.classoid, d.objoid, 0, 'comment', d.description FROM pg_catalog.pg_shdescription AS d
        UNION ALL
        SELECT s.classoid, s.objoid, s.objsubid, 'label ' || s.provider, s.label FROM pg_catalog.pg_seclabel AS s
        UNION ALL
        SELECT s.classoid, s.objoid, 0, 'label ' || s.provider, s.label FROM pg_catalog.pg_shseclabel AS s
    ) AS l
    LEFT JOIN pg_catalog.pg_attribute AS a ON l.classoid = 'pg_class'::pg_catalog.regclass AND a.attrelid = l.objoid
        AND a.attnum = l.objsubid AND l.objsubid <> 0
    GROUP BY l.classoid, l.objoid
$function$;

COMMENT ON FUNCTION script_tracking.catalog_labels() IS 'Comments and security labels by object, for dbtrack reconcile';
