-- Rows and sizes by the statistics of the catalogs, so that no lock is taken. reltuples is -1 before the first ANALYZE.
SELECT i.identity,
    CASE WHEN c.reltuples >= 0 THEN c.reltuples::pg_catalog.int8
        ELSE nullif(pg_catalog.pg_stat_get_live_tuples(c.oid), 0) END,
    c.relpages::pg_catalog.int8 * b.block_size,
    (SELECT coalesce(pg_catalog.sum(x.relpages::pg_catalog.int8), 0)::pg_catalog.int8 * b.block_size
        FROM pg_catalog.pg_index AS n
            JOIN pg_catalog.pg_class AS x ON x.oid = n.indexrelid
        WHERE n.indrelid = c.oid),
    coalesce((SELECT t.relpages::pg_catalog.int8 * b.block_size
        FROM pg_catalog.pg_class AS t
        WHERE t.oid = c.reltoastrelid), 0)
FROM pg_catalog.unnest(%(identities)s::pg_catalog.text[]) AS i (identity)
    JOIN pg_catalog.pg_class AS c ON c.oid = pg_catalog.to_regclass(i.identity)
    CROSS JOIN (SELECT pg_catalog.current_setting('block_size')::pg_catalog.int8) AS b (block_size);
