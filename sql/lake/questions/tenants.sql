-- Executions by source and tenant; without a tenant: the platform's own.
SELECT source, tenant, count(*) AS executions,
    count(*) FILTER (WHERE execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')) AS failed
FROM executions
GROUP BY source, tenant
ORDER BY source, tenant NULLS LAST
