-- The statement that drops a copy.
SELECT pg_catalog.format('DROP DATABASE IF EXISTS %%I WITH (FORCE)', %(name)s::pg_catalog.text);
