-- https://sqitch.org/docs/manual/sqitchtutorial/: sqitch.events, one row an event: deploy, fail, revert, merge.
SELECT pg_catalog.concat_ws(' ', h.content ->> 'event', h.content ->> 'change_id') AS key,
    pg_catalog.concat_ws(':', h.content ->> 'project', h.content ->> 'change')
        || CASE h.content ->> 'event' WHEN 'revert' THEN ' revert' ELSE '' END AS name,
    h.content ->> 'change_id' AS version, h.content ->> 'note' AS description, NULL AS checksum,
    pg_catalog.concat_ws(' ', h.content ->> 'committer_name', '<' || (h.content ->> 'committer_email') || '>') AS author, NULL AS login,
    CASE h.content ->> 'event' WHEN 'fail' THEN 'FAILED' WHEN 'merge' THEN NULL ELSE 'COMPLETED' END AS status,
    (h.content ->> 'committed_at')::timestamptz AS applied_at, NULL::timestamptz AS started_at, NULL::int8 AS duration_us,
    NULL AS error_message, h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
