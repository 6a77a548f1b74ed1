-- What is committed, and on which timeline: after a failover the numbers of transactions are given again.
SELECT pg_catalog.pg_current_snapshot()::pg_catalog.text, script_tracking.server_timeline()
