SELECT a.occurred_at, a.last_at, a.measure_name AS measure, a.subject_kind, a.subject, a.tenant, a.value, a.usual, a.usual_low,
    a.usual_high, a.score, a.threshold, a.others, a.reason, a.execution_key
FROM script_tracking.get_anomalies(
    since => %(since)s::pg_catalog.timestamptz,
    until => %(until)s::pg_catalog.timestamptz,
    tenant_hk => %(tenant)s::pg_catalog.bytea,
    measure => %(measure)s::pg_catalog.text,
    is_all => %(all)s::pg_catalog.bool,
    maximum_anomalies => %(limit)s::pg_catalog.int8) AS a
