-- The copies that a killed prediction left behind.
SELECT d.datname::pg_catalog.text
FROM pg_catalog.pg_database AS d
WHERE d.datname LIKE 'dbtrack\_predict\_%%';
