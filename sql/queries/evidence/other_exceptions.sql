-- The exceptions of a period that no change is, the earliest first, with what reviews explain of them.
SELECT o.kind, o.script_execution_hk, NULL AS tenant_name, o.occurred_at, o.subject, o.login, '{}'::pg_catalog.text[] AS classes,
    nullif(o.detail, '') AS detail,
    (SELECT pg_catalog.jsonb_object_agg(coalesce(e.kind, ''), pg_catalog.jsonb_build_array(e.signed_by, e.signed_at, e.reason))
        FROM script_tracking.evidence_explanations() AS e WHERE e.script_execution_hk = o.script_execution_hk) AS explained
FROM script_tracking.evidence_other_exceptions(%(since)s::pg_catalog.timestamptz, %(until)s::pg_catalog.timestamptz) AS o
ORDER BY o.occurred_at, o.script_execution_hk, o.kind
