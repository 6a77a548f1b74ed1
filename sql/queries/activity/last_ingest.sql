-- When a server log was last read; no row: never, so nothing is known of failed DDL and of waits.
SELECT p.source_name, (extract(epoch FROM pg_catalog.clock_timestamp() - p.last_read_at))::pg_catalog.float8 AS age_seconds
FROM script_tracking.log_position AS p
ORDER BY p.last_read_at DESC
LIMIT 1
