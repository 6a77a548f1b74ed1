-- Whether the login of a receiver may receive, and nothing more.
SELECT session_user::pg_catalog.text AS login, u.rolsuper OR u.rolbypassrls AS bypasses,
    pg_catalog.has_schema_privilege('script_tracking', 'USAGE') AND EXISTS (
        SELECT FROM pg_catalog.pg_proc AS p
        WHERE p.pronamespace = (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'script_tracking')
            AND p.proname = 'receive_events' AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')) AS may_receive
FROM pg_catalog.pg_roles AS u
WHERE u.rolname = session_user
