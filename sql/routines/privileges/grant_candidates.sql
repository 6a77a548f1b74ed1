-- The objects with these names, in any schema, and the columns of relations that have privileges of their own, each with
-- its access list and the place of its catalog row: the row that GRANT or REVOKE writes moves. At most 2001.
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
        WHEN 'function' THEN
            RETURN QUERY
            SELECT 'pg_proc'::pg_catalog.regclass::pg_catalog.oid, p.oid, 0, p.ctid::pg_catalog.text, p.proacl,
                'f'::pg_catalog."char", p.proowner, p.proname
            FROM pg_catalog.pg_proc AS p
            WHERE p.proname = ANY (p_names)
            LIMIT 2001;
        WHEN 'functions of schema' THEN
            RETURN QUERY
            SELECT 'pg_proc'::pg_catalog.regclass::pg_catalog.oid, p.oid, 0, p.ctid::pg_catalog.text, p.proacl,
                'f'::pg_catalog."char", p.proowner, p.proname
            FROM pg_catalog.pg_namespace AS n
            JOIN pg_catalog.pg_proc AS p ON p.pronamespace = n.oid
            WHERE n.nspname = ANY (p_names)
            LIMIT 2001;
        WHEN 'schema' THEN
            RETURN QUERY
            SELECT 'pg_namespace'::pg_catalog.regclass::pg_catalog.oid, n.oid, 0, n.ctid::pg_catalog.text, n.nspacl,
                'n'::pg_catalog."char", n.nspowner, n.nspname
            FROM pg_catalog.pg_namespace AS n
            WHERE n.nspname = ANY (p_names)
            LIMIT 2001;
        WHEN 'type' THEN
            RETURN QUERY
            SELECT 'pg_type'::pg_catalog.regclass::pg_catalog.oid, t.oid, 0, t.ctid::pg_catalog.text, t.typacl,
                'T'::pg_catalog."char", t.typowner, t.typname
            FROM pg_catalog.pg_type AS t
            WHERE t.typname = ANY (p_names)
            LIMIT 2001;
        WHEN 'language' THEN
            RETURN QUERY
            SELECT 'pg_language'::pg_catalog.regclass::pg_catalog.oid, l.oid, 0, l.ctid::pg_catalog.text, l.lanacl,
                'l'::pg_catalog."char", l.lanowner, l.lanname
            FROM pg_catalog.pg_language AS l
            WHERE l.lanname = ANY (p_names)
            LIMIT 2001;
        WHEN 'large object' THEN
            RETURN QUERY
            SELECT 'pg_largeobject'::pg_catalog.regclass::pg_catalog.oid, m.oid, 0, m.ctid::pg_catalog.text, m.lomacl,
                'L'::pg_catalog."char", m.lomowner, m.oid::pg_catalog.text::pg_catalog.name
            FROM pg_catalog.pg_largeobject_metadata AS m
            WHERE m.oid = ANY (p_numbers)
            LIMIT 2001;
        WHEN 'foreign data wrapper' THEN
            RETURN QUERY
            SELECT 'pg_foreign_data_wrapper'::pg_catalog.regclass::pg_catalog.oid, w.oid, 0, w.ctid::pg_catalog.text, w.fdwacl,
                'F'::pg_catalog."char", w.fdwowner, w.fdwname
            FROM pg_catalog.pg_foreign_data_wrapper AS w
            WHERE w.fdwname = ANY (p_names)
            LIMIT 2001;
        WHEN 'foreign server' THEN
            RETURN QUERY
            SELECT 'pg_foreign_server'::pg_catalog.regclass::pg_catalog.oid, s.oid, 0, s.ctid::pg_catalog.text, s.srvacl,
                'S'::pg_catalog."char", s.srvowner, s.srvname
            FROM pg_catalog.pg_foreign_server AS s
            WHERE s.srvname = ANY (p_names)
            LIMIT 2001;
        WHEN 'default' THEN
            -- What is not in pg_default_acl is the built-in default for all schemas, and nothing for one.
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
            -- OFFSET keeps it a look-up of each: a plan for any number of relations would read all columns there are.
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
