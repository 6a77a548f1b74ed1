-- https://atlasgo.io/concepts/migrations: atlas_schema_revisions; executed_at is the start, execution_time is in nanoseconds. The row
-- is written at the start and again after each statement: applied of total.
SELECT h.content ->> 'version' AS key, pg_catalog.concat_ws('_', h.content ->> 'version', nullif(h.content ->> 'description', '')) AS name,
    h.content ->> 'version' AS version, h.content ->> 'description' AS description, h.content ->> 'hash' AS checksum,
    NULL AS author, NULL AS login,
    CASE WHEN coalesce(h.content ->> 'error', '') <> '' THEN 'FAILED'
        WHEN (h.content ->> 'applied')::int8 >= (h.content ->> 'total')::int8 THEN 'COMPLETED' END AS status,
    (h.content ->> 'executed_at')::timestamptz AS applied_at, (h.content ->> 'executed_at')::timestamptz AS started_at,
    (h.content ->> 'execution_time')::int8 / 1000 AS duration_us, nullif(h.content ->> 'error', '') AS error_message,
    h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
-- A marker of Atlas' own.
WHERE h.content ->> 'version' <> '.atlas_cloud_identifier'
