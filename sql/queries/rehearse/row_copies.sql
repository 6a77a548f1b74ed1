-- How the rows of a table are copied: its name, and the statements that empty the copy's, send the rows, and receive them. No row if
-- there is no such table.
SELECT t.name, pg_catalog.format('DELETE FROM %%s', t.name),
    pg_catalog.format('COPY %%s (%%s) TO STDOUT', t.name, t.columns),
    pg_catalog.format('COPY %%s (%%s) FROM STDIN', t.name, t.columns)
FROM (
    SELECT pg_catalog.format('%%I.%%I', n.nspname, c.relname) AS name,
        pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
    FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.oid = pg_catalog.to_regclass(%(table)s) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = ''
    GROUP BY n.nspname, c.relname) AS t;
