-- Returns the objects that each object is a part of, or changes along with: its table, the parent of a partition, its
-- extension.
CREATE OR REPLACE FUNCTION script_tracking.catalog_dependencies()
RETURNS TABLE (
    class_id pg_catalog.oid,
    object_id pg_catalog.oid,
    depends_on pg_catalog._text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT d.classid, d.objid, array_agg(DISTINCT d.refclassid || ':' || d.refobjid)
    FROM (
        SELECT d.classid, d.objid, d.refclassid, d.refobjid
        FROM pg_catalog.pg_depend AS d
        WHERE d.deptype IN ('a', 'i', 'P', 'S', 'e') AND d.objid >= 16384
            AND (d.refclassid <> d.classid OR d.refobjid <> d.objid)
        UNION ALL
        -- ALTER TABLE on the parent, or ALTER TYPE of the type that it is made of, alters them too.
        SELECT 'pg_class'::pg_catalog.regclass, i.inhrelid, 'pg_class'::pg_catalog.regclass, i.inhparent
        FROM pg_catalog.pg_inherits AS i
        UNION ALL
        SELECT 'pg_class'::pg_catalog.regclass, c.oid, 'pg_type'::pg_catalog.regclass, c.reloftype
        FROM pg_catalog.pg_class AS c WHERE c.reloftype <> 0
        UNION ALL
        -- A new type of the referenced column creates the foreign key again.
        SELECT 'pg_constraint'::pg_catalog.regclass, c.oid, 'pg_class'::pg_catalog.regclass, c.confrelid
        FROM pg_catalog.pg_constraint AS c WHERE c.confrelid <> 0
    ) AS d
    GROUP BY d.classid, d.objid
$function$;

COMMENT ON FUNCTION script_tracking.catalog_dependencies() IS 'What each object is a part of, for dbtrack reconcile';
