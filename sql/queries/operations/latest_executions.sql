-- The latest executions, of one name or all, each as it stands now: the time index ends the scan after the rows that are
-- asked for. The days bound it for a name that does not occur.
SELECT s.script_execution_hk
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL
    AND (%(name)s::pg_catalog.text IS NULL OR s.script_name = %(name)s::pg_catalog.text)
    AND (NOT %(failed)s::pg_catalog.bool OR s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED'))
    AND (NOT %(running)s::pg_catalog.bool OR s.execution_status = 'RUNNING')
    AND (%(days)s::pg_catalog.int4 IS NULL OR s.execution_timestamp
            >= pg_catalog.statement_timestamp() - pg_catalog.make_interval(days => %(days)s::pg_catalog.int4)
        -- Nothing is recorded before it began; the day allows for clocks that differ.
        AND s.load_date >= pg_catalog.statement_timestamp() - pg_catalog.make_interval(days => %(days)s::pg_catalog.int4 + 1))
ORDER BY s.execution_timestamp DESC, s.version_number DESC
LIMIT %(limit)s::pg_catalog.int8
