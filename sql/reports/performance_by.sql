SELECT p.subject, p.operations, p.failed_operations, p.success_rate, p.p50_duration_ms, p.p95_duration_ms, p.max_duration_ms,
    p.total_duration_ms, p.usual_p50_ms, p.usual_p95_ms, p.trend_direction, p.compared_to_usual
FROM script_tracking.get_performance_by(
    subject_kind => %(by)s::pg_catalog.text,
    tenant_hk => %(tenant)s::pg_catalog.bytea,
    since => %(since)s::pg_catalog.timestamptz,
    until => %(until)s::pg_catalog.timestamptz,
    maximum_rows => %(limit)s::pg_catalog.int8) AS p
