SELECT p.metric_category, p.metric_name, p.current_value,
    CASE
        WHEN p.metric_name LIKE '%%\_ms' THEN 'ms'
        WHEN p.metric_name LIKE '%%\_rate' THEN 'percent'
        ELSE 'count'
    END AS metric_unit,
    p.trend_direction, p.performance_rating
FROM script_tracking.get_performance_metrics(
    tenant_hk => %(tenant)s::pg_catalog.bytea,
    since => %(since)s::pg_catalog.timestamptz,
    until => %(until)s::pg_catalog.timestamptz) AS p
