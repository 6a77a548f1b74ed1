-- Returns what documents say to each of these exceptions of a change; NULL where there is nothing to say.
CREATE OR REPLACE FUNCTION script_tracking.evidence_details(
    p_exceptions pg_catalog.text[],
    p_execution_hk pg_catalog.bytea,
    p_application pg_catalog.text,
    p_client_address pg_catalog.text,
    p_ticket pg_catalog.text,
    p_reason pg_catalog.text,
    p_approved_by pg_catalog.text,
    p_pull_request pg_catalog.text,
    p_login pg_catalog.text,
    p_ci_actor pg_catalog.text,
    p_git_author pg_catalog.text
)
RETURNS pg_catalog.text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_kind pg_catalog.text;
    v_detail pg_catalog.text;
    v_details pg_catalog.text[] := '{}';
BEGIN
    FOREACH v_kind IN ARRAY p_exceptions LOOP
        IF v_kind = 'superuser_right' THEN
            SELECT array_to_string(script_tracking.gained_rights(v.script_name::pg_catalog.text, v.sql_command, v.metadata), ', ')
            INTO v_detail
            FROM script_tracking.execution_versions(p_execution_hk) AS v WHERE v.load_end_date IS NULL;
        ELSIF v_kind = 'unrecorded_change' THEN
            SELECT concat_ws('; ', 'found by dbtrack reconcile', 'made between ' || (v.metadata ->> 'window_start')
                || ' and ' || (v.metadata ->> 'window_end'), 'who made it is not known') INTO v_detail
            FROM script_tracking.execution_versions(p_execution_hk) AS v WHERE v.load_end_date IS NULL;
        ELSE
            v_detail := CASE v_kind
                WHEN 'outside_pipeline' THEN concat_ws(' ', p_application, 'from ' || p_client_address)
                WHEN 'no_ticket' THEN concat_ws('; ', 'approved by ' || p_approved_by, p_pull_request)
                WHEN 'same_person' THEN concat_ws('; ', 'approved by ' || p_approved_by, 'login ' || p_login,
                    'CI run started by ' || p_ci_actor, 'commit by ' || p_git_author)
                WHEN 'emergency_not_reviewed' THEN concat_ws('; ', p_ticket, p_reason)
                ELSE p_application END;
        END IF;
        v_details := v_details || nullif(v_detail, '');
    END LOOP;
    RETURN v_details;
END
$function$;

COMMENT ON FUNCTION script_tracking.evidence_details(
    pg_catalog.text[], pg_catalog.bytea, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text,
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text) IS
    'What documents say to each of these exceptions of a change';
