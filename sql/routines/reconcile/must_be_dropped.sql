-- Returns whether a recorded command must have dropped an object that is gone, or was created again. Not for what
-- PostgreSQL removes by itself in other commands, without showing it to sql_drop: the sequence of an identity column,
-- the clones of a parent's triggers and constraints on a partition, members of an extension, and what ALTER TABLE
-- creates again. Nor for shared catalogs and default privileges, which depend on nothing temporary.
CREATE OR REPLACE FUNCTION script_tracking.must_be_dropped(
    p_change pg_catalog.text,
    p_object script_tracking.catalog_object
)
RETURNS pg_catalog.bool
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT p_change IN ('dropped', 'recreated')
        AND p_object.object_type NOT IN ('role', 'database', 'tablespace', 'parameter ACL', 'default acl', 'setting', 'sequence')
        AND (p_change = 'dropped' OR p_object.object_type NOT IN ('index', 'table constraint', 'domain constraint',
            'statistics object'))
        AND NOT EXISTS (
            SELECT FROM unnest(p_object.depends_on) AS e (place)
            WHERE e.place LIKE 'pg_extension'::pg_catalog.regclass::pg_catalog.oid || ':%'
                OR (p_object.object_type IN ('trigger', 'table constraint') AND e.place LIKE p_object.class_id || ':%'))
$function$;

COMMENT ON FUNCTION script_tracking.must_be_dropped(pg_catalog.text, script_tracking.catalog_object) IS
    'Whether only a recorded DROP explains that an object is gone, for dbtrack reconcile';
