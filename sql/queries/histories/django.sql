-- https://docs.djangoproject.com/en/stable/topics/migrations/: django.db.migrations.recorder; applied is the end.
SELECT pg_catalog.concat_ws('.', h.content ->> 'app', h.content ->> 'name') AS key,
    pg_catalog.concat_ws('.', h.content ->> 'app', h.content ->> 'name') AS name,
    pg_catalog.substring(h.content ->> 'name', '^[0-9]+') AS version, NULL AS description, NULL AS checksum, NULL AS author, NULL AS login,
    'COMPLETED' AS status, (h.content ->> 'applied')::timestamptz AS applied_at, NULL::timestamptz AS started_at,
    NULL::int8 AS duration_us, NULL AS error_message, h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
