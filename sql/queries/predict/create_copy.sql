-- The statement that creates the database of a copy in the embedded server, owned by the role that runs statements.
SELECT pg_catalog.format('CREATE DATABASE %%I TEMPLATE %%I OWNER %%I STRATEGY file_copy',
    %(name)s::pg_catalog.text, %(template)s::pg_catalog.text, %(owner)s::pg_catalog.text);
