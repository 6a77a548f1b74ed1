-- Notes that somebody verified the record or took its digest, and what was found. dbtrack reconcile notes its own runs.
CREATE OR REPLACE FUNCTION script_tracking.record_examination(
    p_kind pg_catalog.text,
    p_is_clean pg_catalog.bool,
    p_details pg_catalog.jsonb
)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    INSERT INTO script_tracking.examination (examination_kind, is_clean, details)
    VALUES (p_kind, p_is_clean, p_details)
$function$;

COMMENT ON FUNCTION script_tracking.record_examination(pg_catalog.text, pg_catalog.bool, pg_catalog.jsonb) IS
    'Notes that somebody verified the record or took its digest, and what was found';
