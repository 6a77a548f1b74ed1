-- https://pressly.github.io/goose/: is_applied is false for a down migration of earlier versions; version 0 is goose's own.
SELECT h.content ->> 'id' AS key,
    'goose ' || (h.content ->> 'version_id') || CASE (h.content ->> 'is_applied')::bool WHEN false THEN ' down' ELSE '' END AS name,
    h.content ->> 'version_id' AS version, NULL AS description, NULL AS checksum, NULL AS author, NULL AS login, 'COMPLETED' AS status,
    (h.content ->> 'tstamp')::timestamp AT TIME ZONE %(zone)s AS applied_at, NULL::timestamptz AS started_at, NULL::int8 AS duration_us,
    NULL AS error_message, h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
WHERE h.content ->> 'version_id' <> '0'
