-- What is visible now. A snapshot on a standby does not list the transactions that are open, so that only those before
-- the oldest of them are known to have ended.
SELECT CASE WHEN pg_is_in_recovery()
    THEN format('%%1$s:%%1$s:', pg_snapshot_xmin(pg_current_snapshot())) ELSE pg_current_snapshot()::text END
