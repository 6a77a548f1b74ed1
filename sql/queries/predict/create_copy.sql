-- The statement that creates an empty database for a copy in the embedded server, owned by the role that runs statements.
SELECT pg_catalog.format('CREATE DATABASE %%I TEMPLATE template0 OWNER %%I STRATEGY file_copy',
    %(name)s::pg_catalog.text, %(owner)s::pg_catalog.text);
