-- The rating has fixed thresholds, which are the same for all types; beside it are the usual values of the type itself.
SELECT p.metric_category, p.metric_name, p.current_value,
    CASE
        WHEN p.metric_name LIKE '%%\_ms' THEN 'ms'
        WHEN p.metric_name LIKE '%%\_rate' THEN 'percent'
        ELSE 'count'
    END AS metric_unit,
    p.trend_direction, p.performance_rating, u.usual_value,
    CASE
        WHEN p.metric_name LIKE '%%\_rate' THEN
            CASE WHEN p.current_value < u.usual_value - 5 THEN 'WORSE'
                WHEN p.current_value > u.usual_value + 5 THEN 'BETTER'
                WHEN p.current_value IS NOT NULL AND u.usual_value IS NOT NULL THEN 'AS USUAL' END
        WHEN p.current_value > u.usual_value * 1.5 THEN 'WORSE'
        WHEN p.current_value * 1.5 < u.usual_value THEN 'BETTER'
        WHEN p.current_value IS NOT NULL AND u.usual_value IS NOT NULL THEN 'AS USUAL'
    END AS compared_to_usual
FROM script_tracking.get_performance_metrics(
    tenant_hk => %(tenant)s::pg_catalog.bytea,
    since => %(since)s::pg_catalog.timestamptz,
    until => %(until)s::pg_catalog.timestamptz) WITH ORDINALITY AS p
LEFT JOIN script_tracking.get_usual_performance(
    tenant_hk => %(tenant)s::pg_catalog.bytea,
    before => coalesce(%(since)s::pg_catalog.timestamptz,
        coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
            - pg_catalog."interval" '24 hours')) AS u
    ON u.metric_category = p.metric_category AND u.metric_name = p.metric_name
ORDER BY p.ordinality
