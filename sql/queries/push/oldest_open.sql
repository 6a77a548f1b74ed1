-- The oldest transaction that is open, and the timeline: after a failover the numbers of transactions are given again.
SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::pg_catalog.text::pg_catalog.int8,
    script_tracking.server_timeline()
