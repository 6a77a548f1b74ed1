-- https://ollycope.com/software/yoyo/latest/: _yoyo_log, one row an event: apply, rollback, mark, unmark. Times are in UTC.
SELECT h.content ->> 'id' AS key,
    (h.content ->> 'migration_id') || CASE h.content ->> 'operation' WHEN 'rollback' THEN ' rollback' ELSE '' END AS name,
    NULL AS version, h.content ->> 'comment' AS description, h.content ->> 'migration_hash' AS checksum,
    pg_catalog.concat_ws('@', h.content ->> 'username', h.content ->> 'hostname') AS author, NULL AS login,
    -- A mark ran nothing.
    CASE WHEN h.content ->> 'operation' IN ('apply', 'rollback') THEN 'COMPLETED' END AS status,
    (h.content ->> 'created_at_utc')::timestamp AT TIME ZONE 'UTC' AS applied_at, NULL::timestamptz AS started_at,
    NULL::int8 AS duration_us, NULL AS error_message, h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
