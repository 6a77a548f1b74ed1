-- What ran inside an operation, in order: with the objects, the duration, and how long it waited for locks.
SELECT c.script_name::text, c.execution_status::text, c.affected_objects,
    coalesce((c.metadata ->> 'duration_us')::numeric * 0.001, c.execution_duration_ms)::float8 AS duration_ms,
    (SELECT pg_catalog.max(w.waited_ms) FROM script_tracking.execution_wait_s AS w
     WHERE w.script_execution_hk = c.script_execution_hk)::float8 AS waited_ms,
    pg_catalog."left"(c.error_message, 1000) AS error_message
FROM script_tracking.script_execution_parent_l AS l
CROSS JOIN LATERAL script_tracking.execution_versions(l.child_execution_hk) AS c
WHERE l.parent_execution_hk = %(key)s::bytea AND c.load_end_date IS NULL
ORDER BY c.execution_timestamp, c.version_number
LIMIT %(limit)s
