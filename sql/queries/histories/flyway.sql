-- https://documentation.red-gate.com/fd/flyway-schema-history-table-273973417.html
-- installed_on is the end of the migration, in the time zone of Flyway's session; execution_time is in milliseconds.
SELECT h.content ->> 'installed_rank' AS key, coalesce(h.content ->> 'script', h.content ->> 'description') AS name,
    h.content ->> 'version' AS version, h.content ->> 'description' AS description, h.content ->> 'checksum' AS checksum,
    NULL AS author, h.content ->> 'installed_by' AS login,
    CASE (h.content ->> 'success')::bool WHEN true THEN 'COMPLETED' ELSE 'FAILED' END AS status,
    t.applied_at, t.applied_at - pg_catalog.make_interval(secs => (h.content ->> 'execution_time')::float8 / 1000) AS started_at,
    (h.content ->> 'execution_time')::int8 * 1000 AS duration_us, NULL AS error_message, h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
CROSS JOIN LATERAL (SELECT (h.content ->> 'installed_on')::timestamp AT TIME ZONE %(zone)s AS applied_at) AS t
-- A schema that Flyway created has a row that is not a migration.
WHERE h.content ->> 'type' IS DISTINCT FROM 'SCHEMA'
