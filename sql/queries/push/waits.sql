-- Waits for locks that may not have been sent.
SELECT w.script_execution_hk, w.started_at, w.seen_by, w.wait
FROM script_tracking.unsent_waits(%(since)s::pg_catalog.int8, %(after_hk)s::pg_catalog.bytea,
    %(after_started)s::pg_catalog.timestamptz, %(after_seen_by)s::pg_catalog.text) AS w
