-- The changes of a period, the earliest first, each with what to say to its exceptions and with what reviews explain of it: by kind, the
-- empty one being all kinds.
SELECT p.script_execution_hk, p.tenant_name, p.occurred_at, p.recorded_at, p.script_type, p.execution_status, p.subject, p.login,
    p.acting_role, p.application, p.client_address, p.ticket, p.reason, p.approved_by, p.pull_request, p.ci_run_url, p.ci_actor,
    p.git_commit, p.git_author, p.is_emergency, p.is_pipeline, p.record_source, p.version_number, p.exceptions, p.classes,
    CASE WHEN p.exceptions <> '{}' THEN script_tracking.evidence_details(p.exceptions, p.script_execution_hk, p.application,
        p.client_address, p.ticket, p.reason, p.approved_by, p.pull_request, p.login, p.ci_actor, p.git_author) END AS details,
    CASE WHEN p.exceptions <> '{}' THEN x.explained END AS explained
FROM script_tracking.get_evidence_population(%(since)s::pg_catalog.timestamptz, %(until)s::pg_catalog.timestamptz,
    %(tenant)s::pg_catalog.bytea) AS p
LEFT JOIN (
    SELECT e.script_execution_hk,
        pg_catalog.jsonb_object_agg(coalesce(e.kind, ''), pg_catalog.jsonb_build_array(e.signed_by, e.signed_at, e.reason)) AS explained
    FROM script_tracking.evidence_explanations() AS e
    GROUP BY e.script_execution_hk
) AS x ON x.script_execution_hk = p.script_execution_hk
ORDER BY p.occurred_at, p.script_execution_hk
