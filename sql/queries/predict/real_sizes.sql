-- The sizes of the files, for which PostgreSQL takes ACCESS SHARE on each relation for a moment.
SELECT i.identity, pg_catalog.pg_relation_size(c.oid), pg_catalog.pg_indexes_size(c.oid),
    coalesce(pg_catalog.pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0)
FROM pg_catalog.unnest(%(identities)s::pg_catalog.text[]) AS i (identity)
    JOIN pg_catalog.pg_class AS c ON c.oid = pg_catalog.to_regclass(i.identity);
