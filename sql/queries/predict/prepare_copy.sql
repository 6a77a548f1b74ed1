-- The statements that put into an empty copy what only a superuser may create: extensions, and the collations of the
-- real server's operating system, whose order does not matter to a prediction. First, event triggers of a script must not
-- run its code as the superuser who runs these.
SELECT s.statement
FROM (
    SELECT 0, 'SET event_triggers = off'
    UNION ALL
    SELECT 1, 'SET allow_system_table_mods = on'
    UNION ALL
    SELECT 2, pg_catalog.format('CREATE COLLATION pg_catalog.%%I FROM pg_catalog."C"', n.name)
    FROM pg_catalog.unnest(%(collations)s::pg_catalog.text[]) AS n (name)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_collation AS c
        WHERE c.collname = n.name AND c.collnamespace = 'pg_catalog'::pg_catalog.regnamespace)
    UNION ALL
    SELECT 3, 'RESET allow_system_table_mods'
    UNION ALL
    SELECT 4, pg_catalog.format('CREATE SCHEMA IF NOT EXISTS %%I AUTHORIZATION %%I', e.schema, %(owner)s::pg_catalog.text)
    FROM pg_catalog.jsonb_each_text(%(extensions)s) AS e (name, schema)
    WHERE e.schema NOT IN ('pg_catalog', 'public')
    UNION ALL
    SELECT 5, pg_catalog.format('CREATE EXTENSION IF NOT EXISTS %%I SCHEMA %%I CASCADE', e.name, e.schema)
    FROM pg_catalog.jsonb_each_text(%(extensions)s) AS e (name, schema)
    WHERE e.name <> 'plpgsql') AS s (number, statement)
ORDER BY s.number;
