-- The changes of a period, as dbtrack evidence counts them, the latest first. Without a beginning, the last 90 days.
SELECT p.script_execution_hk AS execution_key, p.occurred_at, p.subject, p.login, p.tenant_name AS tenant, p.script_type,
    p.execution_status, p.ticket, p.approved_by, p.pull_request, p.is_emergency, p.is_pipeline, p.application,
    p.client_address, p.exceptions, p.classes
FROM script_tracking.get_evidence_population(
    coalesce(%(since)s::pg_catalog.timestamptz, coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
        - pg_catalog."interval" '90 days'),
    coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp()),
    %(tenant)s::pg_catalog.bytea) AS p
ORDER BY p.occurred_at DESC, p.script_execution_hk
LIMIT %(limit)s::pg_catalog.int8
