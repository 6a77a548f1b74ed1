-- The sessions of this database with an open snapshot: CREATE INDEX CONCURRENTLY waits for each that is older than it,
-- whatever table it reads.
SELECT a.pid, a.usename::pg_catalog.text, nullif(a.application_name, ''), a.state, a.backend_type,
    extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)::pg_catalog.float8, a.query
FROM pg_catalog.pg_stat_activity AS a
WHERE a.datname = pg_catalog.current_database() AND a.backend_xmin IS NOT NULL
    AND a.backend_type = 'client backend' AND a.pid <> pg_catalog.pg_backend_pid()
    AND a.xact_start < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => 1)
ORDER BY a.xact_start;
