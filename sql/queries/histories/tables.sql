-- The tables that may be those of migration tools: by name in any schema, with their columns, the tables beside them, and whether
-- the caller may read them.
SELECT format('%%I.%%I', n.nspname, c.relname) AS table_name, c.relname::text, n.nspname::text,
    ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    ARRAY(SELECT b.relname::text FROM pg_catalog.pg_class AS b
        WHERE b.relnamespace = c.relnamespace AND b.relname = ANY (%(beside)s::text[])) AS beside,
    pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS is_readable
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND CASE WHEN %(table)s::text IS NULL THEN c.relname = ANY (%(names)s::text[]) ELSE c.oid = pg_catalog.to_regclass(%(table)s) END
ORDER BY n.nspname, c.relname
