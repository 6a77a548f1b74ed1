-- Returns the exceptions of a period that no change of the population is: times without capture and failed verifications.
CREATE OR REPLACE FUNCTION script_tracking.evidence_other_exceptions(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz
)
RETURNS TABLE (
    kind pg_catalog.text,
    script_execution_hk pg_catalog.bytea,
    occurred_at pg_catalog.timestamptz,
    subject pg_catalog.text,
    login pg_catalog.text,
    detail pg_catalog.text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT 'capture_off', g.script_execution_hk, g.off_from, g.subject, g.login, g.detail
    FROM script_tracking.evidence_capture_gaps(p_since, p_until) AS g
    UNION ALL
    SELECT 'verification_failed', NULL, f.failed_at, f.subject, f.login, f.detail
    FROM script_tracking.evidence_failed_verifications(p_since, p_until) AS f;
END
$function$;

COMMENT ON FUNCTION script_tracking.evidence_other_exceptions(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'The exceptions of a period that no change is: times without capture and failed verifications';
