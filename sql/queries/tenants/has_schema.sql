-- Whether there is a schema of this name.
SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname = %(schema)s::pg_catalog.name)
