-- Returns the objects with these names, in any schema, and the columns of relations that have privileges of their own.
-- Each comes with its access list and the place of its catalog row: GRANT and REVOKE write a new row, so the place of a
-- changed one moves. At most 2001 rows. "python -m tools.generate" writes the queries between the marks.
CREATE OR REPLACE FUNCTION script_tracking.grant_candidates(
    p_kind pg_catalog.text,
    p_names pg_catalog._name,
    p_numbers pg_catalog._oid
)
RETURNS TABLE (
    class_id pg_catalog.oid,
    object_id pg_catalog.oid,
    column_id pg_catalog.int4,
    place pg_catalog.text,
    acl pg_catalog._aclitem,
    acl_type pg_catalog."char",
    owner_id pg_catalog.oid,
    object_name pg_catalog.name
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    CASE p_kind
        -- <catalogs>
        WHEN 'function' THEN
            RETURN QUERY
            SELECT 'pg_proc'::pg_catalog.regclass::pg_catalog.oid, o.oid, 0,
                o.ctid::pg_catalog.text, o.proacl, 'f'::pg_catalog."char", o.proowner, o.proname
            FROM pg_catalog.pg_proc AS o
            WHERE o.proname = ANY (p_names)
            LIMIT 2001;
        WHEN 'functions of schema' THEN
            RETURN QUERY
            SELECT 'pg_proc'::pg_catalog.regclass::pg_catalog.oid, o.oid, 0,
                o.ctid::pg_catalog.text, o.proacl, 'f'::pg_catalog."char", o.proowner, o.proname
            FROM pg_catalog.pg_namespace AS n
            JOIN pg_catalog.pg_proc AS o ON o.pronamespace = n.oid
            WHERE n.nspname = ANY (p_names)
            LIMIT 2001;
        WHEN 'schema' THEN
            RETURN QUERY
            SELECT 'pg_namespace'::pg_catalog.regclass::pg_catalog.oid, o.oid, 0,
                o.ctid::pg_catalog.text, o.nspacl, 'n'::pg_catalog."char", o.nspowner, o.nspname
            FROM pg_catalog.pg_namespace AS o
            WHERE o.nspname = ANY (p_names)
            LIMIT 2001;
        WHEN 'type' THEN
            RETURN QUERY
            SELECT 'pg_type'::pg_catalog.regclass::pg_catalog.oid, o.oid, 0,
                o.ctid::pg_catalog.text, o.typacl, 'T'::pg_catalog."char", o.typowner, o.typname
            FROM pg_catalog.pg_type AS o
            WHERE o.typname = ANY (p_names)
            LIMIT 2001;
        WHEN 'language' THEN
            RETURN QUERY
            SELECT 'pg_language'::pg_catalog.regclass::pg_catalog.oid, o.oid, 0,
                o.ctid::pg_catalog.text, o.lanacl, 'l'::pg_catalog."char", o.lanowner, o.lanname
            FROM pg_catalog.pg_language AS o
            WHERE o.lanname = ANY (p_names)
            LIMIT 2001;
        WHEN 'large object' THEN
            RETURN QUERY
            SELECT 'pg_largeobject'::pg_catalog.regclass::pg_catalog.oid, o.oid, 0,
                o.ctid::pg_catalog.text, o.lomacl, 'L'::pg_catalog."char", o.lomowner, o.oid::pg_catalog.text::pg_catalog.name
            FROM pg_catalog.pg_largeobject_metadata AS o
            WHERE o.oid = ANY (p_numbers)
            LIMIT 2001;
        WHEN 'foreign data wrapper' THEN
            RETURN QUERY
            SELECT 'pg_foreign_data_wrapper'::pg_catalog.regclass::pg_catalog.oid, o.oid, 0,
                o.ctid::pg_catalog.text, o.fdwacl, 'F'::pg_catalog."char", o.fdwowner, o.fdwname
            FROM pg_catalog.pg_foreign_data_wrapper AS o
            WHERE o.fdwname = ANY (p_names)
            LIMIT 2001;
        WHEN 'foreign server' THEN
            RETURN QUERY
            SELECT 'pg_foreign_server'::pg_catalog.regclass::pg_catalog.oid, o.oid, 0,
                o.ctid::pg_catalog.text, o.srvacl, 'S'::pg_catalog."char", o.srvowner, o.srvname
            FROM pg_catalog.pg_foreign_server AS o
            WHERE o.srvname = ANY (p_names)
            LIMIT 2001;
        -- </catalogs>
        WHEN 'default' THEN
            -- An entry that is missing in pg_default_acl is the built-in default for all schemas, and nothing for one
            -- schema.
            RETURN QUERY
            SELECT 'pg_default_acl'::pg_catalog.regclass::pg_catalog.oid, d.oid, 0, d.ctid::pg_catalog.text, d.defaclacl,
                CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END::pg_catalog."char",
                CASE d.defaclnamespace WHEN 0 THEN d.defaclrole ELSE 0 END, ''::pg_catalog.name
            FROM pg_catalog.pg_default_acl AS d
            LIMIT 2001;
        WHEN 'relation' THEN
            RETURN QUERY
            SELECT 'pg_class'::pg_catalog.regclass::pg_catalog.oid, c.oid, 0, c.ctid::pg_catalog.text, c.relacl,
                CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::pg_catalog."char", c.relowner, c.relname
            FROM pg_catalog.pg_class AS c
            WHERE c.relname = ANY (p_names) AND c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
            UNION ALL
            SELECT 'pg_class'::pg_catalog.regclass::pg_catalog.oid, a.attrelid, a.attnum::pg_catalog.int4,
                a.ctid::pg_catalog.text, a.attacl, 'c'::pg_catalog."char", c.relowner, c.relname
            FROM pg_catalog.pg_class AS c
            -- OFFSET keeps this a lookup for each relation: a plan for any number of relations would read all columns
            -- of the database.
            CROSS JOIN LATERAL (
                SELECT t.attrelid, t.attnum, t.ctid, t.attacl FROM pg_catalog.pg_attribute AS t
                WHERE t.attrelid = c.oid AND t.attacl IS NOT NULL OFFSET 0
            ) AS a
            WHERE c.relname = ANY (p_names) AND c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
            LIMIT 2001;
        ELSE -- relations of schema
            RETURN QUERY
            WITH relation AS MATERIALIZED (
                SELECT c.oid, c.ctid::pg_catalog.text AS place, c.relacl, c.relowner, c.relname,
                    CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::pg_catalog."char" AS acl_type
                FROM pg_catalog.pg_namespace AS n
                JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid
                WHERE p_kind = 'relations of schema' AND n.nspname = ANY (p_names)
                    AND c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
                LIMIT 2001
            )
            SELECT 'pg_class'::pg_catalog.regclass::pg_catalog.oid, r.oid, 0, r.place, r.relacl, r.acl_type, r.relowner,
                r.relname
            FROM relation AS r
            UNION ALL
            SELECT 'pg_class'::pg_catalog.regclass::pg_catalog.oid, a.attrelid, a.attnum::pg_catalog.int4,
                a.ctid::pg_catalog.text, a.attacl, 'c'::pg_catalog."char", r.relowner, r.relname
            FROM relation AS r
            -- OFFSET as above.
            CROSS JOIN LATERAL (
                SELECT t.attrelid, t.attnum, t.ctid, t.attacl FROM pg_catalog.pg_attribute AS t
                WHERE t.attrelid = r.oid AND t.attacl IS NOT NULL OFFSET 0
            ) AS a
            LIMIT 2001;
    END CASE;
END
$function$;

COMMENT ON FUNCTION script_tracking.grant_candidates(pg_catalog.text, pg_catalog._name, pg_catalog._oid) IS
    'The objects that a GRANT or REVOKE may be about, with their access lists';
