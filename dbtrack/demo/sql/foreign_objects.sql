-- Whatever in this server is not the demonstration's: `--reset` would destroy it.
SELECT 'database ' || datname AS belonging
FROM pg_catalog.pg_database
WHERE NOT datistemplate AND datname <> pg_catalog.current_database()
UNION ALL
SELECT 'schema ' || nspname
FROM pg_catalog.pg_namespace
WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public', 'script_tracking', 'dbtrack_mart', 'shop', 'billing',
    'telemetry')
UNION ALL
SELECT 'relation public.' || relname
FROM pg_catalog.pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend
                  WHERE pg_depend.objid = pg_class.oid AND pg_depend.deptype IN ('e', 'a', 'i'))
ORDER BY 1;
