-- Checks the exceptions of a review, and returns them as they are stored: each names an execution of the period that the
-- signer may see, and gives a reason. Who made, wrote, started or approved a change cannot explain it alone: that is refused, or,
-- if p_allow_own, stored with the exception.
CREATE OR REPLACE FUNCTION script_tracking.review_exceptions(
    p_exceptions pg_catalog.jsonb,
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_tenant_hk pg_catalog.bytea,
    p_signer pg_catalog.text,
    p_allow_own pg_catalog.bool
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- Those of get_evidence_exceptions, then those that only get_access_review gives.
    c_kinds CONSTANT pg_catalog.text[] := ARRAY['capture_off', 'unrecorded_change', 'verification_failed', 'outside_pipeline',
        'no_ticket', 'same_person', 'out_of_hours', 'superuser_right', 'emergency_not_reviewed', 'shared_login',
        'unknown_origin', 'public', 'unused_login'];
    v_signer pg_catalog.text[] := ARRAY(
        SELECT n.name
        FROM unnest(script_tracking.person_names(p_signer) || script_tracking.person_names(session_user::pg_catalog.text)
            || lower(session_user::pg_catalog.text COLLATE "C")) AS u (person)
        CROSS JOIN LATERAL (VALUES (u.person), (split_part(u.person, '@', 1))) AS n (name)
        WHERE n.name <> '');
    v_result pg_catalog.jsonb := '[]';
    v_given pg_catalog.jsonb;
    v_key pg_catalog.text;
    v_execution script_tracking.script_execution_s;
    v_own pg_catalog.text[];
BEGIN
    IF jsonb_typeof(p_exceptions) <> 'array' OR jsonb_array_length(p_exceptions) > 1000 THEN
        RAISE EXCEPTION 'exceptions must be a JSON array of at most 1000 objects'
            USING ERRCODE = 'DT006', HINT = '[{"key": "64 digits", "kind": "no_ticket", "reason": "text"}]';
    END IF;
    FOR v_given IN SELECT e.value FROM jsonb_array_elements(p_exceptions) AS e LOOP
        v_key := lower((v_given ->> 'key') COLLATE "C");
        IF (v_key ~ '^[0-9a-f]{64}$') IS NOT TRUE THEN
            RAISE EXCEPTION '"%" is not a key', left(v_given ->> 'key', 80)
                USING ERRCODE = 'DT006', HINT = 'a key has 64 hexadecimal digits';
        ELSIF (v_given ->> 'kind') <> ALL (c_kinds) THEN
            RAISE EXCEPTION '"%" is not a kind of exception', left(v_given ->> 'kind', 80)
                USING ERRCODE = 'DT006', HINT = format('one of %s; without a kind, the exception is for all kinds',
                    array_to_string(c_kinds, ', '));
        ELSIF coalesce(btrim(v_given ->> 'reason'), '') = '' OR length(v_given ->> 'reason') > 2000 THEN
            RAISE EXCEPTION 'an exception needs a reason of 1 to 2000 characters: %', left(v_key, 12)
                USING ERRCODE = 'DT006', HINT = 'say why it is in order: --reason TEXT';
        END IF;
        SELECT v.* INTO v_execution FROM script_tracking.execution_versions(decode(v_key, 'hex')) AS v
        WHERE v.load_end_date IS NULL AND (p_tenant_hk IS NULL OR v.tenant_hk = p_tenant_hk);
        -- A key that does not exist and one that the caller may not see get the same answer.
        IF v_execution.script_execution_hk IS NULL THEN
            RAISE EXCEPTION 'there is no execution with the key %, or you may not see it', left(v_key, 12)
                USING ERRCODE = 'DT009', HINT = 'dbtrack history --format plain shows the keys';
        ELSIF v_execution.execution_timestamp < p_since OR v_execution.execution_timestamp >= p_until THEN
            RAISE EXCEPTION '% ran at %, outside the period that is signed', left(v_key, 12), v_execution.execution_timestamp
                USING ERRCODE = 'DT006', HINT = 'sign it with the review of its own period';
        END IF;
        v_own := ARRAY(SELECT unnest(script_tracking.implementers(decode(v_key, 'hex'))) INTERSECT SELECT unnest(v_signer));
        IF cardinality(v_own) > 0 AND NOT p_allow_own THEN
            RAISE EXCEPTION '% made, wrote, started or approved %, and cannot explain it alone', v_own[1], left(v_key, 12)
                USING ERRCODE = 'DT006', HINT = 'let somebody else sign; with --allow-own the review says that it is the signer''s own';
        END IF;
        v_result := v_result || jsonb_build_array(jsonb_build_object('key', v_key, 'kind', v_given -> 'kind',
            'reason', script_tracking.redact_message(btrim(v_given ->> 'reason')))
            || CASE WHEN cardinality(v_own) > 0 THEN '{"own": true}' ELSE '{}' END::pg_catalog.jsonb);
    END LOOP;
    RETURN v_result;
END
$function$;

COMMENT ON FUNCTION script_tracking.review_exceptions(pg_catalog.jsonb, pg_catalog.timestamptz, pg_catalog.timestamptz,
    pg_catalog.bytea, pg_catalog.text, pg_catalog.bool) IS
    'The exceptions of a review, checked, as they are stored; for the functions of this schema';
