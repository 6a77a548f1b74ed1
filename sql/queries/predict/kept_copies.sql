-- The kept copies with what is noted of them and their sizes, the one that was used last first.
SELECT s.name, s.note, pg_catalog.pg_database_size(s.oid)
FROM (
    SELECT d.oid, d.datname::pg_catalog.text, pg_catalog.shobj_description(d.oid, 'pg_database')::pg_catalog.jsonb
    FROM pg_catalog.pg_database AS d
    WHERE d.datname LIKE 'dbtrack\_kept\_%%') AS s (oid, name, note)
ORDER BY (s.note ->> 'used')::pg_catalog.float8 DESC NULLS LAST;
