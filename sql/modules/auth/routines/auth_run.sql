-- Runs the platform's login or registration with the caller's own rights and search_path, or that of dbtrack's own
-- store if the platform has none, and records the attempt. A failure is an answer and not an error, which would roll
-- back the record.
CREATE OR REPLACE FUNCTION script_tracking.auth_run(
    p_kind pg_catalog.text,
    p_email pg_catalog.text,
    p_password pg_catalog.text,
    p_tenant_hk pg_catalog.bytea,
    p_user_data pg_catalog.jsonb,
    p_search_path pg_catalog.text
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_started_at pg_catalog.timestamptz := clock_timestamp();
    v_routine pg_catalog.oid := script_tracking.auth_platform_routine(p_kind);
    v_statement pg_catalog.text := script_tracking.auth_platform_call(v_routine, p_kind);
    v_password pg_catalog.text := coalesce(p_password, '');
    v_program pg_catalog.text := coalesce(p_user_data ->> 'user_agent', current_setting('application_name'));
    v_row record;
    v_outcome pg_catalog.jsonb;
    v_reason pg_catalog.text;
BEGIN
    IF v_routine IS NULL AND to_regclass('auth.user_auth_s') IS NOT NULL THEN
        RETURN CASE p_kind WHEN 'login' THEN script_tracking.auth_store_login(p_email, p_password, p_tenant_hk)
            ELSE script_tracking.auth_store_register(p_user_data) END;
    ELSIF v_statement IS NULL THEN
        v_reason := CASE WHEN v_routine IS NULL THEN 'the platform has no auth.' || p_kind || '_user'
            ELSE format('the arguments of %s are not known to dbtrack', v_routine::pg_catalog.regprocedure) END;
    ELSE
        BEGIN
            PERFORM set_config('search_path', p_search_path, true);
            EXECUTE v_statement INTO v_row
                USING p_email, p_password, p_tenant_hk, pg_catalog.inet_client_addr(), v_program, p_user_data;
            PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
            v_outcome := script_tracking.auth_outcome(CASE WHEN v_statement LIKE 'CALL %' THEN to_jsonb(v_row)
                ELSE to_jsonb(v_row) -> 'to_jsonb' END);
        EXCEPTION
            WHEN transaction_rollback THEN
                RAISE;
            WHEN invalid_transaction_termination THEN
                v_reason := format('%s commits or rolls back inside, which no procedure may that a function calls',
                    v_routine::pg_catalog.regprocedure);
            WHEN OTHERS THEN
                -- Only the code: a platform's message may contain anything.
                v_reason := format('%s failed with SQLSTATE %s', v_routine::pg_catalog.regprocedure, SQLSTATE);
        END;
    END IF;
    IF v_outcome -> 'success' = 'false' THEN
        v_reason := script_tracking.auth_reason(v_outcome, v_password);
    END IF;
    PERFORM script_tracking.auth_record(p_kind, v_started_at, v_reason,
        (script_tracking.auth_writing_tenant(p_tenant_hk)).o_tenant_hk,
        script_tracking.auth_claims(script_tracking.auth_shown_user(p_email, v_password, v_reason IS NULL), p_tenant_hk,
            p_user_data, v_password) || jsonb_build_object('checked_by',
            coalesce(v_routine::pg_catalog.regprocedure::pg_catalog.text, 'nobody')));
    RETURN CASE
        WHEN v_reason IS NULL OR v_outcome IS NOT NULL AND (p_kind = 'register' OR v_routine::pg_catalog.regproc::pg_catalog.text
            LIKE '%adapter') THEN v_outcome
        ELSE script_tracking.auth_refusal(p_kind) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_run(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.bytea, pg_catalog.jsonb, pg_catalog.text) IS
    'Runs the platform''s login or registration, or that of dbtrack''s own store, and records it';
