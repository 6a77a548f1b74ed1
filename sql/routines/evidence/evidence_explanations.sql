-- Returns which exceptions somebody examined and explained, from the signed reviews. kind NULL: every exception of that
-- execution. signed_by: the name that was said, and the login, which is proven.
CREATE OR REPLACE FUNCTION script_tracking.evidence_explanations()
RETURNS TABLE (
    script_execution_hk pg_catalog.bytea,
    kind pg_catalog.text,
    signed_by pg_catalog.text,
    signed_at pg_catalog.timestamptz,
    reason pg_catalog.text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (x.script_execution_hk, x.kind)
        x.script_execution_hk, x.kind::pg_catalog.text,
        x.signed_by || ', signed as ' || x.login::pg_catalog.text
            || CASE WHEN x.is_own THEN ' (made, started or approved it)' ELSE '' END,
        x.signed_at, x.reason::pg_catalog.text
    FROM script_tracking.review_exception AS x
    WHERE x.script_execution_hk IS NOT NULL
    ORDER BY x.script_execution_hk, x.kind, x.signed_at DESC;
END
$function$;

COMMENT ON FUNCTION script_tracking.evidence_explanations() IS
    'Which exceptions somebody examined and explained, from the signed reviews';
