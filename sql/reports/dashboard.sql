SELECT d.metric_name, d.metric_value, d.metric_unit, d.status, d.last_updated
FROM script_tracking.get_enterprise_dashboard(
    tenant_hk => %(tenant)s::pg_catalog.bytea,
    since => %(since)s::pg_catalog.timestamptz,
    until => %(until)s::pg_catalog.timestamptz) AS d
WHERE %(as_of)s::pg_catalog.timestamptz IS NULL
UNION ALL
SELECT d.metric_name, d.metric_value, d.metric_unit, d.status, d.last_updated
FROM script_tracking.get_dashboard_as_of(%(as_of)s::pg_catalog.timestamptz, %(tenant)s::pg_catalog.bytea,
    %(since)s::pg_catalog.timestamptz, %(until)s::pg_catalog.timestamptz) AS d
WHERE %(as_of)s::pg_catalog.timestamptz IS NOT NULL
