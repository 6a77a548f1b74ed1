-- The statement that creates an empty database for a copy, with the encoding and the locale of the real one.
SELECT pg_catalog.format('CREATE DATABASE %%I TEMPLATE template0 ENCODING %%L%%s', %(name)s::pg_catalog.text,
    pg_catalog.pg_encoding_to_char(d.encoding),
    CASE d.datlocprovider WHEN 'c' THEN pg_catalog.format(' LC_COLLATE %%L LC_CTYPE %%L', d.datcollate, d.datctype) ELSE '' END)
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database();
