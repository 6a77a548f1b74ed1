-- Returns the verifications of a period that found a difference. Everybody may know that there was one; what it found is shown to
-- administrators.
CREATE OR REPLACE FUNCTION script_tracking.evidence_failed_verifications(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz
)
RETURNS TABLE (
    failed_at pg_catalog.timestamptz,
    subject pg_catalog.text,
    login pg_catalog.text,
    detail pg_catalog.text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
#variable_conflict use_column
DECLARE
    v_may_administer CONSTANT pg_catalog.bool := script_tracking.caller_may_administer();
BEGIN
    PERFORM script_tracking.own_audit();
    RETURN QUERY
    SELECT n.load_date,
        'dbtrack verify: ' || script_tracking.evidence_counted((n.notice_data ->> 'count')::pg_catalog.int8, 'finding'),
        NULL::pg_catalog.text,
        CASE WHEN v_may_administer THEN (
            SELECT string_agg(concat_ws(' ', f.value ->> 'kind', f.value ->> 'details'), '; ' ORDER BY f.position)
            FROM jsonb_array_elements(n.notice_data -> 'findings') WITH ORDINALITY AS f (value, position)
            WHERE f.position <= 5) END
    FROM script_tracking.notice AS n
    WHERE n.notice_type = 'verification.failed' AND n.load_date >= p_since AND n.load_date < p_until;
END
$function$;

COMMENT ON FUNCTION script_tracking.evidence_failed_verifications(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'The verifications of a period that found a difference';
