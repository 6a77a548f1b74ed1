SELECT u.subject, u.executions, u.p50_ms, u.p95_ms, u.since
FROM script_tracking.usual_duration(%(key)s::pg_catalog.bytea) AS u
