-- The databases of a server that this login may connect to, but for templates.
SELECT d.datname::pg_catalog.text AS name
FROM pg_catalog.pg_database AS d
WHERE d.datallowconn AND NOT d.datistemplate AND pg_catalog.has_database_privilege(d.oid, 'CONNECT')
ORDER BY d.datname COLLATE "C"
