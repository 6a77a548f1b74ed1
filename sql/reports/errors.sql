SELECT e.occurrences, e.sqlstate, e.ended_by, e.message, e.first_seen, e.last_seen, e.statement, e.hint, e.execution_key,
    e.script_name, e.parent_key, e.parent_name, e.users, e.tenants
FROM script_tracking.get_error_causes(
    hours => %(hours)s::pg_catalog.int4,
    tenant_hk => %(tenant)s::pg_catalog.bytea,
    since => %(since)s::pg_catalog.timestamptz,
    until => %(until)s::pg_catalog.timestamptz,
    execution_status => %(status)s::pg_catalog.text,
    maximum_rows => %(limit)s::pg_catalog.int8) AS e
