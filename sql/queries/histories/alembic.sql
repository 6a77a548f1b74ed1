-- https://alembic.sqlalchemy.org/en/latest/tutorial.html: one row for each head, without a time. Revisions between are not in it.
SELECT h.content ->> 'version_num' AS key, 'alembic ' || (h.content ->> 'version_num') AS name,
    h.content ->> 'version_num' AS version, NULL AS description, NULL AS checksum, NULL AS author, NULL AS login,
    'COMPLETED' AS status, NULL::timestamptz AS applied_at, NULL::timestamptz AS started_at, NULL::int8 AS duration_us,
    NULL AS error_message, h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
