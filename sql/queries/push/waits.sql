-- Waits for locks that have not been sent.
SELECT w.script_execution_hk, w.started_at, w.seen_by, w.wait
FROM script_tracking.unsent_waits(%(known)s::pg_catalog.pg_snapshot, %(now)s::pg_catalog.pg_snapshot,
    %(after_hk)s::pg_catalog.bytea, %(after_started)s::pg_catalog.timestamptz, %(after_seen_by)s::pg_catalog.text) AS w
