-- Which transactions are seen, the oldest that is open, and the timeline: after a failover the numbers of transactions are given again.
SELECT s.seen::pg_catalog.text, pg_catalog.pg_snapshot_xmin(s.seen)::pg_catalog.text::pg_catalog.int8, script_tracking.server_timeline()
FROM pg_catalog.pg_current_snapshot() AS s (seen)
