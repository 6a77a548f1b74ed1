-- Module auth: its own store unprotected, without pgcrypto, or superseded by a platform's functions that were created
-- later.
SELECT 'CRITICAL', c.oid::regclass::text, 'row security is not enabled: tenants see each other''s users',
    format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', c.oid::regclass)
FROM pg_catalog.pg_class AS c
JOIN script_tracking.installation AS i ON i.property_name = 'module.auth.migration.0001'
WHERE c.oid IN (to_regclass('auth.user_h'), to_regclass('auth.user_auth_s'))
    AND NOT c.relrowsecurity
UNION ALL
SELECT 'CRITICAL', 'auth.user_h', 'the table of the own store is missing', NULL
FROM script_tracking.installation AS i
WHERE i.property_name = 'module.auth.migration.0001'
    AND (to_regclass('auth.user_h') IS NULL OR to_regclass('auth.user_auth_s') IS NULL)
UNION ALL
SELECT 'CRITICAL', 'pgcrypto', 'the extension is missing: nobody of the own store can log in', 'CREATE EXTENSION pgcrypto;'
FROM script_tracking.installation AS i
WHERE i.property_name = 'module.auth.migration.0001'
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'pgcrypto')
UNION ALL
SELECT DISTINCT 'CRITICAL', c.oid::regclass::text,
    format('%s may read password hashes or write to the table', coalesce(g.rolname, 'everybody')),
    format('REVOKE ALL ON %s FROM %s; -- then: dbtrack install', c.oid::regclass, coalesce(quote_ident(g.rolname), 'PUBLIC'))
FROM pg_catalog.pg_class AS c
CROSS JOIN LATERAL aclexplode(c.relacl) AS a
LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
JOIN script_tracking.installation AS i ON i.property_name = 'module.auth.migration.0001'
WHERE c.oid IN (to_regclass('auth.user_h'), to_regclass('auth.user_auth_s')) AND a.grantee <> c.relowner
    AND (a.privilege_type <> 'SELECT' OR c.relname = 'user_auth_s')
UNION ALL
-- The function in the way is the platform's own. Renamed to what it does, it becomes the one that the wrapper calls.
SELECT 'WARNING', 'auth.' || w.kind || '_user_tracking',
    coalesce(format('the wrapper is not installed, because %s has its name', t.signature), 'the wrapper is not installed'),
    coalesce(format('ALTER %s %s RENAME TO %s; -- then: dbtrack install', t.type, t.signature,
        w.kind || CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_proc AS p WHERE p.pronamespace = to_regnamespace('auth')
            AND p.proname IN (w.kind || '_user', w.kind || '_user_adapter')) THEN '_user_untracked' ELSE '_user' END), 'dbtrack install')
FROM (VALUES ('login', 3), ('register', 1)) AS w (kind, arguments)
JOIN script_tracking.installation AS i ON i.property_name = 'module.auth'
LEFT JOIN LATERAL (
    SELECT p.oid::regprocedure::text AS signature, CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS type
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_class AS c ON c.oid = 'script_tracking.installation'::regclass AND c.relowner <> p.proowner
    WHERE p.pronamespace = to_regnamespace('auth') AND p.proname = w.kind || '_user_tracking'
        AND (p.provariadic <> 0 OR w.arguments BETWEEN p.pronargs - p.pronargdefaults AND p.pronargs)
    ORDER BY 1 LIMIT 1
) AS t ON true
WHERE NOT EXISTS (SELECT FROM script_tracking.installed_routine AS r
    WHERE starts_with(r.routine_identity, format('auth.%s_user_tracking(', w.kind)));
