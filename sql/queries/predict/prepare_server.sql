-- The statements that prepare the embedded server: nothing in it needs to survive a crash. The role that runs the
-- statements has no special right, so that none of them can reach files, programs or other servers.
SELECT s.statement
FROM (
    SELECT 1, 'ALTER SYSTEM SET fsync = off'
    WHERE pg_catalog.current_setting('fsync') = 'on'
    UNION ALL
    SELECT 2, 'ALTER SYSTEM SET synchronous_commit = off'
    WHERE pg_catalog.current_setting('fsync') = 'on'
    UNION ALL
    SELECT 3, 'ALTER SYSTEM SET autovacuum = off'
    WHERE pg_catalog.current_setting('fsync') = 'on'
    UNION ALL
    SELECT 4, 'SELECT pg_catalog.pg_reload_conf()'
    WHERE pg_catalog.current_setting('fsync') = 'on'
    UNION ALL
    SELECT 5, pg_catalog.format('CREATE ROLE %%I LOGIN', %(owner)s::pg_catalog.text)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = %(owner)s)
    UNION ALL
    SELECT 6, pg_catalog.format('CREATE ROLE %%I', n.name)
    FROM pg_catalog.unnest(%(roles)s::pg_catalog.text[]) AS n (name)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = n.name)
    UNION ALL
    SELECT 7, pg_catalog.format('GRANT %%I TO %%I', n.name, %(owner)s::pg_catalog.text)
    FROM pg_catalog.unnest(%(roles)s::pg_catalog.text[]) AS n (name)
    WHERE n.name NOT IN (%(owner)s, session_user)
    UNION ALL
    SELECT 8, 'SET allow_in_place_tablespaces = on'
    UNION ALL
    SELECT 9, pg_catalog.format('CREATE TABLESPACE %%I LOCATION ''''', n.name)
    FROM pg_catalog.unnest(%(tablespaces)s::pg_catalog.text[]) AS n (name)
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_tablespace AS t WHERE t.spcname = n.name)
    UNION ALL
    SELECT 10, pg_catalog.format('GRANT CREATE ON TABLESPACE %%I TO PUBLIC', n.name)
    FROM pg_catalog.unnest(%(tablespaces)s::pg_catalog.text[]) AS n (name)) AS s (number, statement)
ORDER BY s.number;
