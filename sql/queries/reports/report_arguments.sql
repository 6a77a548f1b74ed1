-- Reads a report's words before the report runs: an unknown tenant or time is an error and not an empty report, and the
-- report itself is planned with the values. The same round trip records who reads whose records; if that is a
-- transaction of its own, nobody waits for the disk.
SELECT a.tenant_hk, a.since::pg_catalog.text AS since, a.until::pg_catalog.text AS until, a.execution_key,
    CASE WHEN %(report)s::pg_catalog.text IS NOT NULL THEN script_tracking.record_access(
        %(report)s::pg_catalog.text, %(tenant)s::pg_catalog.text, %(key)s::pg_catalog.text) END AS access,
    CASE WHEN %(is_alone)s::pg_catalog.bool THEN pg_catalog.set_config('synchronous_commit', 'off', true) END AS commit,
    coalesce(a.since >= a.until, false) AS is_backwards
FROM (SELECT script_tracking.resolve_tenant(%(tenant)s::pg_catalog.text) AS tenant_hk,
        script_tracking.parse_moment(%(since)s::pg_catalog.text) AS since,
        script_tracking.parse_moment(%(until)s::pg_catalog.text) AS until,
        script_tracking.get_execution_key(%(key)s::pg_catalog.text) AS execution_key
    OFFSET 0) AS a
