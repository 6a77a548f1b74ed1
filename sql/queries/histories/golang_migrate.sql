-- https://github.com/golang-migrate/migrate: one row, the last version, without a time. It is dirty while the migration runs, under an
-- advisory lock, and after it failed.
SELECT h.content ->> 'version' AS key, 'golang-migrate ' || (h.content ->> 'version') AS name, h.content ->> 'version' AS version,
    NULL AS description, NULL AS checksum, NULL AS author, NULL AS login,
    CASE WHEN NOT (h.content ->> 'dirty')::bool THEN 'COMPLETED'
        WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'advisory' AND l.database = (
            SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())) THEN 'FAILED' END AS status,
    NULL::timestamptz AS applied_at, NULL::timestamptz AS started_at, NULL::int8 AS duration_us, NULL AS error_message,
    h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
