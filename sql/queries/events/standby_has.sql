-- Returns whether a standby has the log on disk up to a position.
SELECT EXISTS (
    SELECT FROM pg_stat_replication AS r WHERE r.flush_lsn >= %(position)s::pg_catalog.pg_lsn)
