-- The moment up to which the database has recorded, and the transactions that are still open: once oldest_open has
-- reached the next_transaction of an earlier answer, everything that was written before that answer is visible. It
-- needs no privileges, and is correct on a standby, which knows only the time of what it has replayed.
SELECT coalesce(CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_xact_replay_timestamp() END,
        pg_catalog.clock_timestamp()) AS recorded_until,
    pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::pg_catalog.text::pg_catalog.int8 AS oldest_open,
    pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::pg_catalog.text::pg_catalog.int8 AS next_transaction
