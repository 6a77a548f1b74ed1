WITH role AS (
    SELECT i.property_name, i.property_value AS role_name, r.oid, r.rolsuper, r.rolbypassrls, r.rolcanlogin
    FROM script_tracking.installation AS i
    LEFT JOIN pg_catalog.pg_roles AS r ON r.rolname = i.property_value
    WHERE i.property_name LIKE 'role.%'
)
SELECT 'WARNING', r.role_name, 'the role is missing', format('CREATE ROLE %I NOLOGIN; -- then: dbtrack install', r.role_name)
FROM role AS r WHERE r.oid IS NULL
UNION ALL
SELECT 'CRITICAL', r.role_name, 'the owner is a superuser, may log in, or bypasses row security: it must be a plain role',
    format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS;', r.role_name)
FROM role AS r
WHERE r.property_name = 'role.owner' AND r.role_name LIKE '%@_owner' ESCAPE '@'
    AND (r.rolsuper OR r.rolbypassrls OR r.rolcanlogin)
UNION ALL
SELECT 'CRITICAL', p.oid::regprocedure::text, 'everybody may execute the function',
    format('REVOKE ALL ON FUNCTION %s FROM PUBLIC;', p.oid::regprocedure)
FROM pg_catalog.pg_proc AS p
WHERE p.oid::regprocedure::text IN (SELECT i.routine_identity FROM script_tracking.installed_routine AS i)
    AND EXISTS (
    SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE a.grantee = 0)
UNION ALL
SELECT 'CRITICAL', 'script_tracking', 'everybody may use the schema', 'REVOKE ALL ON SCHEMA script_tracking FROM PUBLIC;'
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname = 'script_tracking' AND EXISTS (SELECT FROM aclexplode(n.nspacl) AS a WHERE a.grantee = 0)
UNION ALL
-- Only the owner's functions may write the records.
SELECT DISTINCT 'CRITICAL', c.oid::regclass::text, format('%s may write to the table', coalesce(g.rolname, 'everybody')),
    format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %s FROM %s;', c.oid::regclass,
        coalesce(quote_ident(g.rolname), 'PUBLIC'))
FROM pg_catalog.pg_class AS c
CROSS JOIN LATERAL aclexplode(c.relacl) AS a
LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
WHERE c.relkind IN ('r', 'p') AND a.grantee <> c.relowner AND coalesce(pg_partition_root(c.oid), c.oid) IN (
        SELECT to_regclass(format('script_tracking.%I', substr(i.property_name, 10)))
        FROM script_tracking.installation AS i WHERE starts_with(i.property_name, 'relation.'))
    AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE');
