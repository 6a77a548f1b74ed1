-- The statements that prepare the server of a rehearsal: it logs each statement as JSON, and nothing in it needs to survive a
-- crash. dbtrack's own role is not logged.
SELECT s.statement
FROM (VALUES
    (1, 'ALTER SYSTEM SET logging_collector = on'),
    (2, 'ALTER SYSTEM SET log_destination = jsonlog'),
    (3, 'ALTER SYSTEM SET log_directory = ''log'''),
    (4, 'ALTER SYSTEM SET log_filename = ''statements'''),
    (5, 'ALTER SYSTEM SET log_rotation_size = 0'),
    (6, 'ALTER SYSTEM SET log_rotation_age = 0'),
    (7, 'ALTER SYSTEM SET log_timezone = ''UTC'''),
    (8, 'ALTER SYSTEM SET log_statement = ''all'''),
    (9, 'ALTER SYSTEM SET log_duration = on'),
    (10, 'ALTER SYSTEM SET fsync = off'),
    (11, 'ALTER SYSTEM SET autovacuum = off'),
    (12, pg_catalog.format('CREATE ROLE %%I SUPERUSER LOGIN', %(own)s::pg_catalog.text)),
    (13, pg_catalog.format('ALTER ROLE %%I SET log_statement = ''none''', %(own)s::pg_catalog.text)),
    (14, pg_catalog.format('ALTER ROLE %%I SET log_duration = off', %(own)s::pg_catalog.text)),
    (15, pg_catalog.format('ALTER ROLE %%I SET log_min_messages = ''panic''', %(own)s::pg_catalog.text))) AS s (number, statement)
ORDER BY s.number;
