-- Which database pushes: the server's identity and the database's, not the host, which changes with a failover.
SELECT pg_catalog.jsonb_build_object('system', c.system_identifier::pg_catalog.text, 'database', d.oid, 'name', d.datname)
FROM pg_catalog.pg_database AS d
CROSS JOIN pg_catalog.pg_control_system() AS c
WHERE d.datname = pg_catalog.current_database()
