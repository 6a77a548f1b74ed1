-- Each source: executions, failures, logins, tenants, first and last execution.
SELECT source, count(*) AS executions,
    count(*) FILTER (WHERE execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')) AS failed,
    count(DISTINCT db_session_user) AS logins, count(DISTINCT tenant) AS tenants,
    min(execution_timestamp) AS first_execution, max(execution_timestamp) AS last_execution
FROM executions
GROUP BY source
ORDER BY source
