-- Returns whether who approved a change also made it: is the login, started the CI run, or wrote the commit. Names are compared
-- by evidence_names.
CREATE OR REPLACE FUNCTION script_tracking.evidence_same_person(
    p_approver pg_catalog.text,
    p_login pg_catalog.text,
    p_actor pg_catalog.text,
    p_author pg_catalog.text
)
RETURNS pg_catalog.bool
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT script_tracking.evidence_names(p_approver) && (script_tracking.evidence_names(p_login)
        || script_tracking.evidence_names(p_actor) || script_tracking.evidence_names(p_author))
$function$;

COMMENT ON FUNCTION script_tracking.evidence_same_person(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'Whether who approved a change is the login, who started the CI run, or who wrote the commit';
