-- The statements that give a database of a rehearsal the settings that a session of production has, and a login for the migration.
SELECT s.statement
FROM (
    SELECT 1, pg_catalog.format('CREATE ROLE %%I', r.name)
    FROM pg_catalog.unnest(%(roles)s::pg_catalog.text[]) AS r (name)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS p WHERE p.rolname = r.name)
    UNION ALL
    SELECT 2, pg_catalog.format('ALTER ROLE %%I SUPERUSER LOGIN PASSWORD %%L', %(login)s::pg_catalog.text,
        %(password)s::pg_catalog.text)
    UNION ALL
    SELECT 3, pg_catalog.format('ALTER DATABASE %%I SET %%I = %%L', pg_catalog.current_database(), s.name, s.setting)
    FROM pg_catalog.jsonb_each_text(%(settings)s) AS s (name, setting)
    WHERE s.name <> 'search_path' AND pg_catalog.current_setting(s.name, true) IS NOT NULL
    UNION ALL
    -- A list of names: as one literal it would be one name.
    SELECT 4, pg_catalog.format('ALTER DATABASE %%I SET search_path = %%s', pg_catalog.current_database(), s.setting)
    FROM pg_catalog.jsonb_each_text(%(settings)s) AS s (name, setting)
    WHERE s.name = 'search_path') AS s (number, statement)
ORDER BY s.number;
