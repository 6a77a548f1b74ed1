-- All relations of the copy: what they are, the file of their rows, and whose index, TOAST table or partition they are.
SELECT c.oid, n.nspname, c.relname, pg_catalog.format('%%I.%%I', n.nspname, c.relname), c.relkind::pg_catalog.text,
    coalesce(pg_catalog.pg_relation_filenode(c.oid), 0),
    coalesce(o.oid, i.indrelid),
    (SELECT h.inhparent FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid LIMIT 1)
FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
    LEFT JOIN pg_catalog.pg_class AS o ON o.reltoastrelid = c.oid AND c.relkind = 't'
WHERE c.oid >= 16384 AND c.relkind <> 'c';
