-- The tables that the foreign keys of a table refer to.
SELECT DISTINCT k.confrelid
FROM pg_catalog.pg_constraint AS k
WHERE k.contype = 'f' AND k.conrelid = %(oid)s::pg_catalog.oid;
