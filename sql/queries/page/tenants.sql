-- Seven days of each tenant by half-days, from the rollups alone: the line beside a number that the report
-- dashboard_by_tenant has. An empty key is what belongs to no tenant.
SELECT (SELECT h.tenant_bk FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = r.tenant_hk) AS tenant,
    pg_catalog.floor(pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - r.bucket_start)
        / 43200)::pg_catalog.int4 AS half_days_ago,
    pg_catalog.sum(r.completed + r.failed + r.cancelled + r.abandoned) AS executions,
    pg_catalog.sum(r.failed + r.cancelled + r.abandoned) AS failures
FROM script_tracking.rollup_tenant AS r
WHERE r.level_minutes = 60 AND r.bucket_start >= pg_catalog.statement_timestamp() - pg_catalog."interval" '7 days'
GROUP BY r.tenant_hk, half_days_ago
