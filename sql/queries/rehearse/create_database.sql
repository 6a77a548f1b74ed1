-- The statement that creates a database of a rehearsal from another one.
SELECT pg_catalog.format('CREATE DATABASE %%I TEMPLATE %%I', %(name)s::pg_catalog.text, %(template)s::pg_catalog.text);
