-- The settings that dbtrack's own session needs, whatever the server, the database or the login has set: PostgreSQL's
-- defaults. A setting in the connection string or in PGOPTIONS is the user's wish and stays, unless our SQL could not
-- be read with it. Through a pooler (another process answers) nothing is set, because others use the session too. This
-- has a transaction of its own, so that a limit of milliseconds cannot end it. A search_path matters only if pg_catalog
-- is not searched first.
BEGIN;
SET LOCAL statement_timeout = 0;
SELECT pg_catalog.set_config(n.name, n.value, false)
FROM (VALUES
    ('standard_conforming_strings', 'on', true),
    ('quote_all_identifiers', 'off', true),
    ('search_path', 'pg_catalog, pg_temp', true),
    ('row_security', 'on', true),
    ('transform_null_equals', 'off', true),
    ('array_nulls', 'on', true),
    ('bytea_output', 'hex', true),
    ('default_transaction_read_only', 'off', false),
    ('statement_timeout', '0', false),
    ('transaction_timeout', '0', false),
    ('idle_in_transaction_session_timeout', '0', false),
    ('idle_session_timeout', '0', false)) AS n (name, value, is_needed)
WHERE pg_catalog.pg_backend_pid() = %(backend_pid)s
    AND (n.is_needed OR pg_catalog.strpos(%(options)s, n.name) = 0)
    AND (n.name <> 'search_path' OR pg_catalog.current_setting(n.name) ~ 'pg_catalog')
    AND pg_catalog.current_setting(n.name, true) IS NOT NULL;
COMMIT;
