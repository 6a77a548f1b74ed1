-- The statements after which the sequences of a table go on behind the rows that were copied into it.
SELECT pg_catalog.format('SELECT pg_catalog.setval(%%L, greatest((SELECT pg_catalog.max(%%I) FROM %%s), 1))',
    pg_catalog.pg_get_serial_sequence(t.name, a.attname), a.attname, t.name)
FROM pg_catalog.unnest(%(tables)s::pg_catalog.text[]) AS t (name)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = pg_catalog.to_regclass(t.name) AND a.attnum > 0 AND NOT a.attisdropped
WHERE pg_catalog.pg_get_serial_sequence(t.name, a.attname) IS NOT NULL;
