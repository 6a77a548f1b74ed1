-- What this server shows of each area of providers.toml.
SELECT 'DDL', CASE
    WHEN to_regclass('script_tracking.installation') IS NULL THEN 'dbtrack is not installed'
    WHEN t.count = 4 THEN 'the event triggers are there'
    ELSE 'the event triggers are missing' END
FROM (
    SELECT count(*) FROM pg_catalog.pg_event_trigger AS t
    JOIN pg_catalog.pg_proc AS p ON p.oid = t.evtfoid
    WHERE p.pronamespace = to_regnamespace('script_tracking') AND t.evtenabled = 'A'
) AS t
UNION ALL
SELECT 'server''s log', format('log_statement is %s, log_destination is %s', current_setting('log_statement'),
    current_setting('log_destination'))
UNION ALL
SELECT 'superuser', CASE WHEN r.rolsuper THEN 'this login is one' ELSE 'this login is not one' END
FROM pg_catalog.pg_roles AS r WHERE r.rolname = session_user;
