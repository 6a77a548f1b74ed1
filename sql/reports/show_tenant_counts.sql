SELECT s.execution_status, pg_catalog.count(*) AS executions
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL AND s.tenant_hk = %(tenant)s::pg_catalog.bytea
GROUP BY s.execution_status
ORDER BY s.execution_status
