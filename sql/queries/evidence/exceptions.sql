-- The exceptions of a period, the earliest first, those of one change together, in the order in which documents list the kinds.
SELECT e.kind, e.script_execution_hk, e.tenant_name, e.occurred_at, e.subject, e.login, e.detail, e.is_open, e.explained_by,
    e.explained_at, e.explained_reason, e.classes
FROM script_tracking.get_evidence_exceptions(%(since)s::pg_catalog.timestamptz, %(until)s::pg_catalog.timestamptz,
    %(tenant)s::pg_catalog.bytea) AS e
ORDER BY e.occurred_at, e.script_execution_hk, pg_catalog.array_position(%(kinds)s::pg_catalog.text[], e.kind)
