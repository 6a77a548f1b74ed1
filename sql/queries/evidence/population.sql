-- The changes of a period, the earliest first.
SELECT p.script_execution_hk, p.tenant_name, p.occurred_at, p.recorded_at, p.script_type, p.execution_status, p.subject, p.login,
    p.acting_role, p.application, p.client_address, p.ticket, p.reason, p.approved_by, p.pull_request, p.ci_run_url, p.ci_actor,
    p.git_commit, p.git_author, p.is_emergency, p.is_pipeline, p.record_source, p.version_number, p.exceptions, p.classes
FROM script_tracking.get_evidence_population(%(since)s::pg_catalog.timestamptz, %(until)s::pg_catalog.timestamptz,
    %(tenant)s::pg_catalog.bytea) AS p
ORDER BY p.occurred_at, p.script_execution_hk
