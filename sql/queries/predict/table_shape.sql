-- What the safer ways need to know of a table of the copy: its kind, partitions, columns and indexes.
SELECT c.relkind::pg_catalog.text,
    (SELECT coalesce(pg_catalog.array_agg(h.inhrelid::pg_catalog.regclass::pg_catalog.text ORDER BY h.inhrelid), '{}')
        FROM pg_catalog.pg_inherits AS h
        WHERE h.inhparent = c.oid),
    (SELECT coalesce(pg_catalog.jsonb_object_agg(a.attname, pg_catalog.jsonb_build_object(
            'type', pg_catalog.format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull)), '{}')
        FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'name', x.oid::pg_catalog.regclass::pg_catalog.text, 'definition', pg_catalog.pg_get_indexdef(x.oid),
            'unique', i.indisunique, 'primary', i.indisprimary, 'partial', i.indpred IS NOT NULL,
            'constraint', EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = x.oid
                AND k.contype IN ('p', 'u', 'x')),
            'columns', (SELECT coalesce(pg_catalog.jsonb_agg(a.attname), '[]') FROM pg_catalog.pg_attribute AS a
                WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey)))
            ORDER BY x.relname), '[]')
        FROM pg_catalog.pg_index AS i
            JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
        WHERE i.indrelid = c.oid),
    coalesce((SELECT p.partdefid <> 0 FROM pg_catalog.pg_partitioned_table AS p WHERE p.partrelid = c.oid), false),
    (SELECT h.inhparent::pg_catalog.regclass::pg_catalog.text
        FROM pg_catalog.pg_inherits AS h
        WHERE h.inhrelid = c.oid AND c.relispartition),
    pg_catalog.pg_get_expr(c.relpartbound, c.oid),
    pg_catalog.pg_get_partition_constraintdef(c.oid),
    (SELECT coalesce(pg_catalog.array_agg(pg_catalog.pg_get_constraintdef(k.oid) ORDER BY k.conname), '{}')
        FROM pg_catalog.pg_constraint AS k
        WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0)
FROM pg_catalog.pg_class AS c
WHERE c.oid = pg_catalog.to_regclass(%(name)s);
