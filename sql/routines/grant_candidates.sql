-- The objects with these names, in any schema, and the columns of relations that have privileges of their own, each with
-- its access list and the place of its catalog row: the row that GRANT or REVOKE writes moves. At most one more than 2000.
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
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH relation AS MATERIALIZED (
        SELECT c.oid, c.ctid::pg_catalog.text AS place, c.relacl, c.relkind, c.relowner, c.relname
        FROM pg_catalog.pg_class AS c
        WHERE p_kind = 'relation' AND c.relname = ANY (p_names) AND c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
        UNION ALL
        SELECT c.oid, c.ctid::pg_catalog.text, c.relacl, c.relkind, c.relowner, c.relname
        FROM pg_catalog.pg_namespace AS n
        JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid
        WHERE p_kind = 'relations of schema' AND n.nspname = ANY (p_names)
            AND c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p')
        LIMIT 2001
    )
    SELECT 'pg_class'::pg_catalog.regclass::pg_catalog.oid, r.oid, 0, r.place, r.relacl,
        CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END::pg_catalog."char", r.relowner, r.relname
    FROM relation AS r
    UNION ALL
    SELECT 'pg_class'::pg_catalog.regclass::pg_catalog.oid, a.attrelid, a.attnum, a.ctid::pg_catalog.text, a.attacl, 'c',
        r.relowner, r.relname
    FROM relation AS r
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid
    WHERE a.attacl IS NOT NULL
    UNION ALL
    SELECT 'pg_proc'::pg_catalog.regclass, p.oid, 0, p.ctid::pg_catalog.text, p.proacl, 'f', p.proowner, p.proname
    FROM pg_catalog.pg_proc AS p
    WHERE p_kind = 'function' AND p.proname = ANY (p_names)
    UNION ALL
    SELECT 'pg_proc'::pg_catalog.regclass, p.oid, 0, p.ctid::pg_catalog.text, p.proacl, 'f', p.proowner, p.proname
    FROM pg_catalog.pg_namespace AS n
    JOIN pg_catalog.pg_proc AS p ON p.pronamespace = n.oid
    WHERE p_kind = 'functions of schema' AND n.nspname = ANY (p_names)
    UNION ALL
    SELECT 'pg_namespace'::pg_catalog.regclass, n.oid, 0, n.ctid::pg_catalog.text, n.nspacl, 'n', n.nspowner, n.nspname
    FROM pg_catalog.pg_namespace AS n
    WHERE p_kind = 'schema' AND n.nspname = ANY (p_names)
    UNION ALL
    SELECT 'pg_type'::pg_catalog.regclass, t.oid, 0, t.ctid::pg_catalog.text, t.typacl, 'T', t.typowner, t.typname
    FROM pg_catalog.pg_type AS t
    WHERE p_kind = 'type' AND t.typname = ANY (p_names)
    UNION ALL
    SELECT 'pg_language'::pg_catalog.regclass, l.oid, 0, l.ctid::pg_catalog.text, l.lanacl, 'l', l.lanowner, l.lanname
    FROM pg_catalog.pg_language AS l
    WHERE p_kind = 'language' AND l.lanname = ANY (p_names)
    UNION ALL
    SELECT 'pg_largeobject'::pg_catalog.regclass, m.oid, 0, m.ctid::pg_catalog.text, m.lomacl, 'L', m.lomowner,
        m.oid::pg_catalog.text::pg_catalog.name
    FROM pg_catalog.pg_largeobject_metadata AS m
    WHERE p_kind = 'large object' AND m.oid = ANY (p_numbers)
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::pg_catalog.regclass, w.oid, 0, w.ctid::pg_catalog.text, w.fdwacl, 'F', w.fdwowner,
        w.fdwname
    FROM pg_catalog.pg_foreign_data_wrapper AS w
    WHERE p_kind = 'foreign data wrapper' AND w.fdwname = ANY (p_names)
    UNION ALL
    SELECT 'pg_foreign_server'::pg_catalog.regclass, s.oid, 0, s.ctid::pg_catalog.text, s.srvacl, 'S', s.srvowner,
        s.srvname
    FROM pg_catalog.pg_foreign_server AS s
    WHERE p_kind = 'foreign server' AND s.srvname = ANY (p_names)
    UNION ALL
    -- What is not in pg_default_acl is the built-in default for all schemas, and nothing for one.
    SELECT 'pg_default_acl'::pg_catalog.regclass, d.oid, 0, d.ctid::pg_catalog.text, d.defaclacl,
        CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END,
        CASE d.defaclnamespace WHEN 0 THEN d.defaclrole ELSE 0 END, ''
    FROM pg_catalog.pg_default_acl AS d
    WHERE p_kind = 'default'
    LIMIT 2001
$function$;

COMMENT ON FUNCTION script_tracking.grant_candidates(pg_catalog.text, pg_catalog._name, pg_catalog._oid) IS
    'The objects that a GRANT or REVOKE may be about, with their access lists';
