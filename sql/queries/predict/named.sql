-- A relation of the real database by the name that a statement has for it: of an index, its table.
SELECT pg_catalog.format('%%I.%%I', n.nspname, c.relname), c.relkind::pg_catalog.text
FROM pg_catalog.pg_class AS named
    LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = named.oid
    JOIN pg_catalog.pg_class AS c ON c.oid = coalesce(i.indrelid, named.oid)
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE named.oid = coalesce(pg_catalog.to_regclass(%(name)s), (
    SELECT pg_catalog.to_regclass(pg_catalog.quote_ident(pg_catalog.btrim(schema)) || '.' || %(name)s)
    FROM pg_catalog.unnest(pg_catalog.string_to_array(pg_catalog.replace(%(path)s::pg_catalog.text, '"', ''), ',')) AS schema
    WHERE pg_catalog.to_regclass(pg_catalog.quote_ident(pg_catalog.btrim(schema)) || '.' || %(name)s) IS NOT NULL
    LIMIT 1));
