-- How far the server's WAL is, on which timeline, and the server's clock. Not pg_control_checkpoint(): that tells of a
-- promotion only after the next checkpoint.
SELECT
    ('x' || lpad(left(pg_walfile_name(pg_current_wal_lsn()), 8), 16, '0'))::bit(64)::bigint AS timeline,
    pg_current_wal_lsn()::text AS lsn,
    clock_timestamp() AS server_time
