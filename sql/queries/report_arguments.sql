-- What a report's words come to, before it runs: an unknown tenant or time is an error, not an empty report,
-- and the report itself is planned with the values.
SELECT a.tenant_hk, a.since::pg_catalog.text AS since, a.until::pg_catalog.text AS until, a.execution_key,
    coalesce(a.since >= a.until, false) AS is_backwards
FROM (SELECT script_tracking.resolve_tenant(%(tenant)s::pg_catalog.text) AS tenant_hk,
        script_tracking.parse_moment(%(since)s::pg_catalog.text) AS since,
        script_tracking.parse_moment(%(until)s::pg_catalog.text) AS until,
        script_tracking.get_execution_key(%(key)s::pg_catalog.text) AS execution_key) AS a
