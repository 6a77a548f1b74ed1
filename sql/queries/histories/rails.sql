-- https://guides.rubyonrails.org/active_record_migrations.html: versions without a time; a version is when the file was made.
SELECT h.content ->> 'version' AS key, 'rails ' || (h.content ->> 'version') AS name, h.content ->> 'version' AS version,
    NULL AS description, NULL AS checksum, NULL AS author, NULL AS login, 'COMPLETED' AS status, NULL::timestamptz AS applied_at,
    NULL::timestamptz AS started_at, NULL::int8 AS duration_us, NULL AS error_message, h.writer, h.command, h.committed_at
FROM script_tracking.read_migration_history(%(table)s::regclass) AS h
