-- The statement that notes something of a kept copy.
SELECT pg_catalog.format('COMMENT ON DATABASE %%I IS %%L', %(name)s::pg_catalog.text, %(note)s::pg_catalog.text);
