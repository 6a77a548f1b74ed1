-- The roles, but for PostgreSQL's own.
SELECT r.rolname::text, CASE WHEN r.rolcanlogin THEN 'login' ELSE '' END
FROM pg_catalog.pg_roles AS r
WHERE r.rolname !~ '^pg_'
ORDER BY 1
LIMIT 5000;
