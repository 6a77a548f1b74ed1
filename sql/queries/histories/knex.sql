-- https://knexjs.org/guide/migrations.html: knex_migrations; migration_time is the end.
SELECT h.content ->> 'id' AS key, h.content ->> 'name' AS name, pg_catalog.substring(h.content ->> 'name', '^[0-9]+') AS version,
    'batch ' || (h.content ->> 'batch') AS description, NULL AS checksum, NULL AS author, NULL AS login, 'COMPLETED' AS status,
    (h.content ->> 'migration_time')::timestamptz AS applied_at, NULL::timestamptz AS started_at, NULL::int8 AS duration_us,
    NULL AS error_message, h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
