-- The relations whose row in pg_class this transaction wrote, and those that it has locked. Only one session writes to a copy.
SELECT c.oid, n.nspname, c.relname, pg_catalog.format('%%I.%%I', n.nspname, c.relname), c.relkind::pg_catalog.text,
    coalesce(pg_catalog.pg_relation_filenode(c.oid), 0),
    i.indrelid,
    (SELECT h.inhparent FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid LIMIT 1)
FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
WHERE c.oid >= 16384 AND c.relkind <> 'c'
    AND (c.oid = ANY (%(locked)s::pg_catalog.oid[])
        OR (pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL AND pg_catalog.age(c.xmin) <= 0));
