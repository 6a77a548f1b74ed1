SELECT w.started_at, w.waited_ms, w.lock_mode, w.object_identity, w.holder
FROM script_tracking.get_execution_waits(%(key)s::pg_catalog.bytea) AS w
ORDER BY w.started_at
