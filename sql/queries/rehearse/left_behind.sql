-- What a migration can leave half done: indexes that are not valid, and constraints whose rows were not checked.
SELECT 'invalid index' AS kind, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
    i.indrelid::pg_catalog.regclass::pg_catalog.text AS table_name
FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND c.relkind = 'i' AND n.nspname NOT IN ('script_tracking', 'dbtrack_mart', 'pg_toast')
UNION ALL
SELECT 'constraint that is NOT VALID', k.conname::pg_catalog.text, k.conrelid::pg_catalog.regclass::pg_catalog.text
FROM pg_catalog.pg_constraint AS k
WHERE NOT k.convalidated AND k.conrelid <> 0
    AND k.connamespace NOT IN (SELECT n.oid FROM pg_catalog.pg_namespace AS n
        WHERE n.nspname IN ('script_tracking', 'dbtrack_mart'))
ORDER BY 1, 2, 3;
