-- Returns whether a standby has the log on disk up to a position. A subscriber of logical replication is not one, although
-- it is shown there too: its session belongs to a database. Programs that only keep the log do not take over.
SELECT EXISTS (
    SELECT FROM pg_stat_replication AS r
    JOIN pg_stat_activity AS a ON a.pid = r.pid
    WHERE r.flush_lsn >= %(position)s::pg_catalog.pg_lsn AND a.datid IS NULL
        AND r.application_name NOT IN ('pg_receivewal', 'pg_basebackup'))
