-- Module auth: a platform's function that the wrappers cannot call.
SELECT 'CRITICAL', p.oid::regprocedure::text, format('its arguments are not known to dbtrack: every %1$s fails; '
    'give an adapter, a function auth.%1$s_user_adapter (docs/authentication.md)', k.kind), NULL
FROM (VALUES ('login'), ('register')) AS k (kind)
JOIN pg_catalog.pg_proc AS p ON p.oid = script_tracking.auth_platform_routine(k.kind)
WHERE script_tracking.auth_platform_call(p.oid, k.kind) IS NULL
UNION ALL
SELECT 'CRITICAL', p.oid::regprocedure::text, format('it seems to commit inside, which no procedure may that a function calls; '
    'give an adapter, a function auth.%s_user_adapter (docs/authentication.md)', k.kind), NULL
FROM (VALUES ('login'), ('register')) AS k (kind)
JOIN pg_catalog.pg_proc AS p ON p.oid = script_tracking.auth_platform_routine(k.kind)
WHERE p.prokind = 'p' AND regexp_replace(p.prosrc, '--[^' || chr(10) || ']*', '', 'g') ~* '\m(commit|rollback)\M\s*(and|;)'
UNION ALL
SELECT 'WARNING', 'auth.' || k.kind || '_user', 'the platform has the one of login and registration, not the other', NULL
FROM (VALUES ('login', 'register'), ('register', 'login')) AS k (kind, other)
WHERE script_tracking.auth_platform_routine(k.kind) IS NULL AND script_tracking.auth_platform_routine(k.other) IS NOT NULL
UNION ALL
SELECT 'WARNING', 'auth.user_h', 'the platform has functions of its own now: users of the own store cannot log in', NULL
FROM script_tracking.installation AS i
WHERE i.property_name = 'module.auth.migration.0001' AND script_tracking.auth_platform_routine('login') IS NOT NULL;
