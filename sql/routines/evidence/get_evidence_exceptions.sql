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
        SELECT k.kind, p.script_execution_hk, p.tenant_hk, p.tenant_name, p.occurred_at, p.subject, p.login,
            CASE k.kind
                WHEN 'outside_pipeline' THEN concat_ws(' ', p.application, 'from ' || p.client_address)
                WHEN 'no_ticket' THEN concat_ws('; ', 'approved by ' || p.approved_by, p.pull_request)
                WHEN 'same_person' THEN concat_ws('; ', 'approved by ' || p.approved_by, 'login ' || p.login,
                    'CI run started by ' || p.ci_actor, 'commit by ' || p.git_author)
                WHEN 'superuser_right' THEN (
                    SELECT array_to_string(script_tracking.gained_rights(v.script_name::pg_catalog.text, v.sql_command, v.metadata), ', ')
                    FROM script_tracking.execution_versions(p.script_execution_hk) AS v WHERE v.load_end_date IS NULL)
                WHEN 'unrecorded_change' THEN (
                    SELECT concat_ws('; ', 'found by dbtrack reconcile', 'made between ' || (v.metadata ->> 'window_start')
                        || ' and ' || (v.metadata ->> 'window_end'), 'who made it is not known')
                    FROM script_tracking.execution_versions(p.script_execution_hk) AS v WHERE v.load_end_date IS NULL)
                WHEN 'emergency_not_reviewed' THEN concat_ws('; ', p.ticket, p.reason)
                ELSE p.application
            END AS detail, p.classes
        FROM script_tracking.get_evidence_population(v_since, v_until, v_tenant) AS p
        CROSS JOIN LATERAL unnest(p.exceptions) AS k (kind)
        UNION ALL
        SELECT 'capture_off', g.script_execution_hk, NULL, NULL, g.off_from, g.subject, g.login, g.detail, '{}'
        FROM script_tracking.evidence_capture_gaps(v_since, v_until) AS g
        UNION ALL
        SELECT 'verification_failed', NULL, NULL, NULL, f.failed_at, f.subject, f.login, f.detail, '{}'
        FROM script_tracking.evidence_failed_verifications(v_since, v_until) AS f
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
