-- The statements that fill the empty materialized views of the copy, as they are filled in the real database.
SELECT pg_catalog.format('REFRESH MATERIALIZED VIEW %%I.%%I', n.nspname, c.relname)
FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' AND pg_catalog.format('%%I.%%I', n.nspname, c.relname) = ANY (%(views)s::pg_catalog.text[])
ORDER BY c.oid;
