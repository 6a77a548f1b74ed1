SELECT t.subject, t.measure,
    CASE WHEN t.measure LIKE '%%\_ms' THEN 'ms' WHEN t.measure LIKE '%%\_rate' THEN 'percent' ELSE 'count' END AS metric_unit,
    t.middle, t.change_percent, t.direction, t.p_value, t.peak, t.season_share, t.first_step, t.steps, t.points
FROM script_tracking.get_trends(
    step => %(step)s::pg_catalog.text,
    subject_kind => %(by)s::pg_catalog.text,
    tenant_hk => %(tenant)s::pg_catalog.bytea,
    since => %(since)s::pg_catalog.timestamptz,
    until => %(until)s::pg_catalog.timestamptz,
    zone => %(zone)s::pg_catalog.text,
    maximum_subjects => %(limit)s::pg_catalog.int8) AS t
