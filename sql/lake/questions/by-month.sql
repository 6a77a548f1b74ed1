-- Executions by source and month, and how many of them failed.
SELECT source, month, count(*) AS executions,
    count(*) FILTER (WHERE execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')) AS failed
FROM executions
GROUP BY source, month
ORDER BY source, month
