SELECT a.advice_kind, a.subject, a.seconds_a_month, a.cases, a.evidence, a.statement, a.first_seen, a.last_seen, a.tenant,
    a.execution_keys
FROM script_tracking.get_advice(
    kind => %(kind)s::pg_catalog.text,
    tenant_hk => %(tenant)s::pg_catalog.bytea,
    since => %(since)s::pg_catalog.timestamptz,
    maximum_rows => %(limit)s::pg_catalog.int8) AS a
