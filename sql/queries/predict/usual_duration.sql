-- How long the runs of one operation took, the oldest first; they are found by type and status.
SELECT r.milliseconds
FROM (
    SELECT e.execution_timestamp, e.execution_duration_ms AS milliseconds
    FROM script_tracking.script_execution_s AS e
    WHERE e.script_type = %(script_type)s AND e.execution_status = 'COMPLETED'
        AND e.script_name = %(name)s AND e.execution_duration_ms > 0
        AND e.load_date >= pg_catalog.now() - pg_catalog.make_interval(days => 90)
    ORDER BY e.load_date DESC
    LIMIT 100) AS r
ORDER BY r.execution_timestamp;
