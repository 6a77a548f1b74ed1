SELECT o.succeeded_key, o.succeeded_at, o.after_ms, o.left_behind, o.resolved_by, o.resolved_at, o.reason
FROM script_tracking.get_failure_outcome(%(key)s::pg_catalog.bytea) AS o
