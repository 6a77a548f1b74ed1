-- https://docs.liquibase.com/concepts/tracking-tables/databasechangelog-table.html
-- A changeset is named by its file, id and author. Only what ran is in the table; one that ran again has a later dateexecuted.
SELECT pg_catalog.concat_ws('::', h.content ->> 'filename', h.content ->> 'id', h.content ->> 'author') AS key,
    pg_catalog.concat_ws('::', h.content ->> 'filename', h.content ->> 'id', h.content ->> 'author') AS name,
    h.content ->> 'id' AS version, coalesce(nullif(h.content ->> 'description', ''), h.content ->> 'comments') AS description,
    h.content ->> 'md5sum' AS checksum, h.content ->> 'author' AS author, NULL AS login,
    CASE h.content ->> 'exectype' WHEN 'FAILED' THEN 'FAILED' WHEN 'SKIPPED' THEN NULL ELSE 'COMPLETED' END AS status,
    t.applied_at, t.applied_at AS started_at, NULL::int8 AS duration_us, NULL AS error_message, h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
CROSS JOIN LATERAL (SELECT (h.content ->> 'dateexecuted')::timestamp AT TIME ZONE %(zone)s AS applied_at) AS t
