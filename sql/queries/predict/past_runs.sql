-- The recorded DDL on one table with its size at that time, newest first.
SELECT e.execution_timestamp, e.script_name, e.sql_command,
    (e.metadata ->> 'duration_us')::pg_catalog.int8,
    e.metadata -> 'relation_size' -> %(identity)s,
    coalesce(e.metadata -> 'rewritten' @> pg_catalog.to_jsonb(%(identity)s::pg_catalog.text), false)
FROM script_tracking.script_execution_s AS e
WHERE e.load_date >= pg_catalog.now() - pg_catalog.make_interval(days => %(days)s)
    AND e.load_end_date IS NULL
    AND e.script_type = 'DDL_AUTO' AND e.execution_status = 'COMPLETED'
    AND e.metadata -> 'relation_size' ? %(identity)s
    AND e.metadata ? 'duration_us'
ORDER BY e.execution_timestamp DESC
LIMIT %(most)s;
