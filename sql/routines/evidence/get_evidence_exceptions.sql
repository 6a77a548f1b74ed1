-- Returns the exceptions of a period, in no order: those of its changes, and those that no change of the population is,
-- such as a time without capture. is_open: nobody has explained it in a signed review.
CREATE OR REPLACE FUNCTION script_tracking.get_evidence_exceptions(
    since pg_catalog.timestamptz,
    until pg_catalog.timestamptz,
    tenant pg_catalog.bytea DEFAULT NULL
)
RETURNS TABLE (
    kind pg_catalog.text,
    script_execution_hk pg_catalog.bytea,
    tenant_hk pg_catalog.bytea,
    tenant_name pg_catalog.text,
    occurred_at pg_catalog.timestamptz,
    subject pg_catalog.text,
    login pg_catalog.text,
    detail pg_catalog.text,
    is_open pg_catalog.bool,
    explained_by pg_catalog.text,
    explained_at pg_catalog.timestamptz,
    explained_reason pg_catalog.text,
    classes pg_catalog.text[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_since CONSTANT pg_catalog.timestamptz := get_evidence_exceptions.since;
    v_until CONSTANT pg_catalog.timestamptz := get_evidence_exceptions.until;
    v_tenant CONSTANT pg_catalog.bytea := get_evidence_exceptions.tenant;
BEGIN
    RETURN QUERY
    WITH explanation AS MATERIALIZED (
        SELECT e.* FROM script_tracking.evidence_explanations() AS e
    ), found AS (
        SELECT k.kind, p.script_execution_hk, p.tenant_hk, p.tenant_name, p.occurred_at, p.subject, p.login, k.detail, p.classes
        FROM script_tracking.get_evidence_population(v_since, v_until, v_tenant) AS p
        CROSS JOIN LATERAL unnest(p.exceptions, script_tracking.evidence_details(p.exceptions, p.script_execution_hk, p.application,
            p.client_address, p.ticket, p.reason, p.approved_by, p.pull_request, p.login, p.ci_actor, p.git_author)) AS k (kind, detail)
        WHERE p.exceptions <> '{}'
        UNION ALL
        SELECT o.kind, o.script_execution_hk, NULL, NULL, o.occurred_at, o.subject, o.login, o.detail, '{}'
        FROM script_tracking.evidence_other_exceptions(v_since, v_until) AS o
    )
    SELECT f.kind, f.script_execution_hk, f.tenant_hk, f.tenant_name, f.occurred_at, f.subject, f.login, nullif(f.detail, ''),
        e.signed_at IS NULL AND a.signed_at IS NULL, coalesce(e.signed_by, a.signed_by), coalesce(e.signed_at, a.signed_at),
        coalesce(e.reason, a.reason), f.classes
    FROM found AS f
    LEFT JOIN explanation AS e ON e.script_execution_hk = f.script_execution_hk AND e.kind = f.kind
    -- One without a kind explains every exception of that execution.
    LEFT JOIN explanation AS a ON a.script_execution_hk = f.script_execution_hk AND a.kind IS NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_evidence_exceptions(pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bytea) IS
    'The exceptions of a period, as evidence counts them, and which of them are explained';
