-- https://www.prisma.io/docs/orm/prisma-migrate: _prisma_migrations; finished_at is NULL while it runs and after it failed, and
-- then logs has the error; rolled_back_at is set by prisma migrate resolve --rolled-back.
SELECT h.content ->> 'id' AS key, h.content ->> 'migration_name' AS name,
    pg_catalog.substring(h.content ->> 'migration_name', '^[0-9]+') AS version,
    NULL AS description, h.content ->> 'checksum' AS checksum, NULL AS author, NULL AS login,
    CASE WHEN h.content ->> 'finished_at' IS NOT NULL THEN 'COMPLETED'
        WHEN h.content ->> 'rolled_back_at' IS NOT NULL OR nullif(h.content ->> 'logs', '') IS NOT NULL THEN 'FAILED' END AS status,
    (h.content ->> 'started_at')::timestamptz AS applied_at, (h.content ->> 'started_at')::timestamptz AS started_at,
    (extract(epoch FROM (h.content ->> 'finished_at')::timestamptz - (h.content ->> 'started_at')::timestamptz) * 1000000)::int8
        AS duration_us,
    CASE WHEN h.content ->> 'finished_at' IS NULL THEN h.content ->> 'logs' END AS error_message, h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
