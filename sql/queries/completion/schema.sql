-- The schemas, but for PostgreSQL's own and dbtrack's.
SELECT n.nspname::text, ''
FROM pg_catalog.pg_namespace AS n
WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'script_tracking', 'dbtrack_mart')
ORDER BY 1;
