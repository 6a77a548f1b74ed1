-- The position of the server's WAL, its timeline, and the server's clock. Not pg_control_checkpoint(): that shows a
-- promotion only after the next checkpoint.
SELECT
    ('x' || lpad(left(pg_walfile_name(pg_current_wal_lsn()), 8), 16, '0'))::bit(64)::bigint AS timeline,
    pg_current_wal_lsn()::text AS lsn,
    clock_timestamp() AS server_time
