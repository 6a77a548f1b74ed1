-- Returns the answer of a platform's routine in one form: an object with success, and with the rest of the answer. An
-- answer that is not a yes in a known form is a no.
CREATE OR REPLACE FUNCTION script_tracking.auth_outcome(p_answer pg_catalog.jsonb)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_answer pg_catalog.jsonb;
    v_success pg_catalog.jsonb;
BEGIN
    IF jsonb_typeof(p_answer) IS DISTINCT FROM 'object' THEN
        RETURN jsonb_build_object('success', coalesce(p_answer <> ALL (ARRAY['null', 'false', '""', '[]']::pg_catalog.jsonb[]),
            false)) || CASE WHEN jsonb_typeof(p_answer) IN ('string', 'number', 'array')
                THEN jsonb_build_object('result', p_answer) ELSE '{}' END;
    END IF;
    SELECT jsonb_object_agg(regexp_replace(o.key, '^[po]_', ''), o.value) INTO v_answer FROM jsonb_each(p_answer) AS o;
    v_success := coalesce(v_answer -> 'success', v_answer -> 'is_success', v_answer -> 'authenticated', v_answer -> 'ok');
    RETURN coalesce(v_answer, '{}') || jsonb_build_object('success', CASE
        WHEN v_success IS NOT NULL THEN v_success IN ('true', '"true"', '"t"', '1')
        ELSE coalesce(v_answer ->> 'error', '') = '' AND coalesce(v_answer ->> 'user_hk', v_answer ->> 'user_id',
            v_answer ->> 'user_uuid', v_answer ->> 'session_token', v_answer ->> 'token') IS NOT NULL END);
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_outcome(pg_catalog.jsonb) IS
    'The answer of a platform''s routine as an object with success';
