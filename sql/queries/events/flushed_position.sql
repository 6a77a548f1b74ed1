-- Returns how far this server's log is on disk: behind every commit that has returned.
SELECT pg_current_wal_flush_lsn()
