-- All relations of the copy: what they are, the file of their rows, and whose index, TOAST table or partition they are.
SELECT c.oid, n.nspname, c.relname, pg_catalog.format('%%I.%%I', n.nspname, c.relname), c.relkind::pg_catalog.text,
    coalesce(pg_catalog.pg_relation_filenode(c.oid), 0),
    CASE c.relkind
        WHEN 't' THEN (SELECT o.oid FROM pg_catalog.pg_class AS o WHERE o.reltoastrelid = c.oid)
        ELSE i.indrelid END,
    (SELECT h.inhparent FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid LIMIT 1)
FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
WHERE c.oid >= 16384 AND c.relkind <> 'c';
