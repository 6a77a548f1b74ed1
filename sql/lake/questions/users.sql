-- The logins with the most executions. At most 20 rows.
SELECT db_session_user, count(*) AS executions,
    count(*) FILTER (WHERE execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')) AS failed,
    count(DISTINCT source) AS sources, max(execution_timestamp) AS last_execution
FROM executions
GROUP BY db_session_user
ORDER BY executions DESC, db_session_user NULLS LAST
LIMIT 20
