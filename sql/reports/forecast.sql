SELECT p.prediction_kind, p.subject, p.state, p.expected_from, p.expected_at, p.expected_until, p.confidence, p.cases, p.basis, p.tenant,
    p.execution_key
FROM script_tracking.get_predictions(
    kind => %(kind)s::pg_catalog.text,
    tenant_hk => %(tenant)s::pg_catalog.bytea,
    size_limit => %(size_limit)s::pg_catalog.text,
    maximum_rows => %(limit)s::pg_catalog.int8) AS p
