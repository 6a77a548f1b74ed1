-- The statements that create dbtrack's own role in the server of a rehearsal: what it does is not logged.
SELECT s.statement
FROM (VALUES
    (1, pg_catalog.format('CREATE ROLE %%I SUPERUSER LOGIN', %(own)s::pg_catalog.text)),
    (2, pg_catalog.format('ALTER ROLE %%I SET log_statement = ''none''', %(own)s::pg_catalog.text)),
    (3, pg_catalog.format('ALTER ROLE %%I SET log_duration = off', %(own)s::pg_catalog.text)),
    (4, pg_catalog.format('ALTER ROLE %%I SET log_min_messages = ''panic''', %(own)s::pg_catalog.text))) AS s (number, statement)
ORDER BY s.number;
