-- What is noted of a kept copy.
SELECT pg_catalog.shobj_description(d.oid, 'pg_database')::pg_catalog.jsonb
FROM pg_catalog.pg_database AS d
WHERE d.datname = %(name)s;
