-- Returns the relations that can have a class, because they contain or show rows: also those of schemas that the caller may not
-- use. identity is as PostgreSQL gives it, and as the history of objects has it.
CREATE OR REPLACE FUNCTION script_tracking.class_relations()
RETURNS TABLE (
    relation pg_catalog.oid,
    relation_kind pg_catalog."char",
    schema_name pg_catalog.name,
    object_bk pg_catalog.text,
    object_type pg_catalog.text,
    object_identity pg_catalog.text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT c.oid, c.relkind, n.nspname, format('%s:pg_class:%s', 'script_tracking'::regnamespace::pg_catalog.oid, c.oid),
        CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
        format('%I.%I', n.nspname, c.relname)
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'script_tracking', 'dbtrack_mart')
$function$;

COMMENT ON FUNCTION script_tracking.class_relations() IS
    'The tables, views, materialized views and foreign tables of the database, which can have a class';
