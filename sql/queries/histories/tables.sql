-- The tables that may be those of migration tools: by name in any schema, with their columns, the tables beside them, further tables
-- and the sequences that the tools have for themselves, and whether the caller may read the table.
SELECT format('%%I.%%I', n.nspname, c.relname) AS table_name, c.relname::text, n.nspname::text,
    ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    ARRAY(SELECT b.relname::text FROM pg_catalog.pg_class AS b
        WHERE b.relnamespace = c.relnamespace AND b.relname = ANY (%(beside)s::text[])) AS beside,
    ARRAY(SELECT format('%%I.%%I', n.nspname, b.relname) FROM pg_catalog.pg_class AS b
        WHERE b.relnamespace = n.oid AND b.relkind IN ('r', 'p') AND b.relname = ANY (%(others)s::text[])) AS others,
    ARRAY(SELECT format('%%I.%%I', n.nspname, s.relname)
        FROM pg_catalog.pg_class AS b
        JOIN pg_catalog.pg_depend AS d ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = b.oid
            AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i')
        JOIN pg_catalog.pg_class AS s ON s.oid = d.objid AND s.relkind = 'S' AND s.relnamespace = n.oid
        WHERE b.relnamespace = n.oid AND (b.oid = c.oid OR b.relname = ANY (%(others)s::text[]))) AS sequences,
    pg_catalog.has_table_privilege(c.oid, 'SELECT') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS is_readable
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND CASE WHEN %(table)s::text IS NULL THEN c.relname = ANY (%(names)s::text[]) ELSE c.oid = pg_catalog.to_regclass(%(table)s) END
ORDER BY n.nspname, c.relname
