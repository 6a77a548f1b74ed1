-- The transactions of other sessions in this database. Those that are running when the event triggers are dropped may
-- still fire them; a later one does not.
SELECT l.pid, l.virtualtransaction, coalesce(a.usename, ''), a.xact_start
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'virtualxid' AND l.granted AND l.mode = 'ExclusiveLock' AND l.pid <> pg_backend_pid()
    AND a.datname = current_database() AND coalesce(a.backend_type, '') NOT IN ('autovacuum worker', 'walsender')
ORDER BY a.xact_start;
