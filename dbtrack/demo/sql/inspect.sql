-- What the demonstration must know before it touches anything.
SELECT database.description LIKE 'dbtrack demonstration%' AS is_marked,
       ARRAY(SELECT nspname::text FROM pg_catalog.pg_namespace
             WHERE nspname IN ('script_tracking', 'shop', 'billing', 'telemetry') ORDER BY 1) AS schemas
FROM (SELECT coalesce(pg_catalog.shobj_description(oid, 'pg_database'), '') AS description
      FROM pg_catalog.pg_database
      WHERE datname = pg_catalog.current_database()) AS database;
