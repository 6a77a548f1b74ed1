-- Records that somebody has examined the changes of a period, and returns the hash key of that execution. It is of the type
-- REVIEW, so that it is sealed, exported and kept with all others; callers cannot use that type themselves. signed_by is
-- what the caller says; the login beside it is proven.
CREATE OR REPLACE FUNCTION script_tracking.sign_review(
    period pg_catalog.text,
    since pg_catalog.timestamptz,
    until pg_catalog.timestamptz,
    signed_by pg_catalog.text,
    statement pg_catalog.text DEFAULT NULL,
    exceptions pg_catalog.jsonb DEFAULT '[]',
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    allow_own pg_catalog.bool DEFAULT false,
    about pg_catalog.text DEFAULT 'changes',
    document pg_catalog.text DEFAULT NULL
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_tenant_hk pg_catalog.bytea := script_tracking.review_tenant(tenant_hk);
    v_review pg_catalog.jsonb;
BEGIN
    IF coalesce(btrim(period), '') = '' OR length(period) > 60 THEN
        RAISE EXCEPTION 'the name of a period must have 1 to 60 characters'
            USING ERRCODE = 'DT006', HINT = '2026Q3, 2026-07, 2026-W30';
    ELSIF (since < until) IS NOT TRUE OR NOT isfinite(since) OR NOT isfinite(until) THEN
        RAISE EXCEPTION 'the period is empty' USING ERRCODE = 'DT006', HINT = 'its beginning must be before its end';
    ELSIF until > clock_timestamp() THEN
        RAISE EXCEPTION 'the period ends in the future, at %', until
            USING ERRCODE = 'DT006', HINT = 'nobody has seen what will happen: sign until now, or wait for its end';
    ELSIF coalesce(btrim(signed_by), '') = '' OR length(signed_by) > 200 THEN
        RAISE EXCEPTION 'the name of who signs must have 1 to 200 characters' USING ERRCODE = 'DT006', HINT = 'say who: --by NAME';
    ELSIF (about IN ('changes', 'access')) IS NOT TRUE THEN
        RAISE EXCEPTION 'a review cannot be about "%"', about USING ERRCODE = 'DT006', HINT = 'changes or access';
    ELSIF document !~ '^[0-9a-f]{64}$' THEN
        RAISE EXCEPTION 'not the SHA-256 of a document: %', left(document, 80)
            USING ERRCODE = 'DT006', HINT = '64 hexadecimal digits in lower case';
    ELSIF length(statement) > 10000 THEN
        RAISE EXCEPTION 'a statement must have at most 10000 characters, not %', length(statement)
            USING ERRCODE = 'DT006', HINT = 'shorten it';
    END IF;
    v_review := jsonb_build_object('period', script_tracking.redact_message(btrim(period)), 'since', since, 'until', until,
        'by', script_tracking.redact_message(btrim(signed_by)),
        'statement', script_tracking.redact_message(nullif(btrim(statement), '')),
        -- Access that somebody has now may have been granted long before.
        'exceptions', script_tracking.review_exceptions(coalesce(exceptions, '[]'),
            CASE about WHEN 'access' THEN '-infinity' ELSE since END, until, v_tenant_hk, signed_by, coalesce(allow_own, false)))
        || jsonb_strip_nulls(jsonb_build_object('about', nullif(about, 'changes'), 'document', document));
    RETURN (SELECT e.o_script_execution_hk FROM script_tracking.insert_execution('dbtrack review ' || (v_review ->> 'period'),
        'REVIEW', 'COMPLETED', clock_timestamp(), NULL, v_tenant_hk, '{}', NULL, NULL,
        script_tracking.session_metadata() || jsonb_build_object('review', v_review), 'sign_review') AS e);
END
$function$;

COMMENT ON FUNCTION script_tracking.sign_review(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text,
    pg_catalog.text, pg_catalog.jsonb, pg_catalog.bytea, pg_catalog.bool, pg_catalog.text, pg_catalog.text) IS
    'Records that the changes from since until until were reviewed, with exceptions [{"key", "kind", "reason"}]; tenant_hk: whose '
    'changes, NULL for all that the login may review; allow_own: also exceptions for the signer''s own changes; about: changes or access; '
    'document: SHA-256 of what was signed';
