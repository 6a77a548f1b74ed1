-- Resolves a report's words before the report runs: an unknown tenant or key is an error and not an empty report, and the
-- report itself is planned with the values. The same round trip records who reads whose records; if that is a
-- transaction of its own, nobody waits for the disk. sees_nothing: row security shows the caller nobody's records.
SELECT a.tenant_hk, a.since::pg_catalog.text AS since, a.until::pg_catalog.text AS until, a.execution_key,
    CASE WHEN %(report)s::pg_catalog.text IS NOT NULL THEN script_tracking.record_access(
        %(report)s::pg_catalog.text, %(tenant)s::pg_catalog.text, %(key)s::pg_catalog.text) END AS access,
    CASE WHEN %(is_alone)s::pg_catalog.bool THEN pg_catalog.set_config('synchronous_commit', 'off', true) END AS commit,
    pg_catalog.statement_timestamp() AS read_at,
    NOT script_tracking.sees_all_tenants() AND pg_catalog.cardinality(script_tracking.caller_tenants()) = 0 AS sees_nothing
FROM (SELECT script_tracking.resolve_tenant(%(tenant)s::pg_catalog.text) AS tenant_hk,
        %(since)s::pg_catalog.timestamptz AS since,
        %(until)s::pg_catalog.timestamptz AS until,
        script_tracking.get_execution_key(%(key)s::pg_catalog.text) AS execution_key
    OFFSET 0) AS a
