-- Answers, one row a question, whether the record of a period is complete. status: ok, part, or missing: the answer is no, or it is
-- not known.
CREATE OR REPLACE FUNCTION script_tracking.get_evidence_completeness(
    since pg_catalog.timestamptz,
    until pg_catalog.timestamptz
)
RETURNS TABLE (
    measure pg_catalog.text,
    status pg_catalog.text,
    value pg_catalog."numeric",
    detail pg_catalog.text,
    moment pg_catalog.timestamptz
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT c.* FROM script_tracking.evidence_capture(get_evidence_completeness.since, get_evidence_completeness.until) AS c
    UNION ALL
    SELECT n.* FROM script_tracking.evidence_numbers(get_evidence_completeness.since, get_evidence_completeness.until) AS n
    UNION ALL
    SELECT s.* FROM script_tracking.evidence_seals(get_evidence_completeness.since, get_evidence_completeness.until) AS s
    UNION ALL
    SELECT r.* FROM script_tracking.evidence_runs(get_evidence_completeness.since, get_evidence_completeness.until) AS r
$function$;

COMMENT ON FUNCTION script_tracking.get_evidence_completeness(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Whether the record of a period is complete: one row a question';
