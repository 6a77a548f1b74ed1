-- The exceptions of a period, as dbtrack evidence finds them, the latest first. Without a beginning, the last 90 days.
SELECT e.kind, e.script_execution_hk AS execution_key, e.occurred_at, e.subject, e.login, e.tenant_name AS tenant, e.detail,
    e.is_open, e.explained_by, e.explained_at, e.explained_reason, e.classes
FROM script_tracking.get_evidence_exceptions(
    coalesce(%(since)s::pg_catalog.timestamptz, coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
        - pg_catalog."interval" '90 days'),
    coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp()),
    %(tenant)s::pg_catalog.bytea) AS e
WHERE e.is_open OR NOT %(open)s::pg_catalog.bool
ORDER BY e.occurred_at DESC, e.kind, e.script_execution_hk
LIMIT %(limit)s::pg_catalog.int8
