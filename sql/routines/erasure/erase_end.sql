-- Removes a person from the other tables that say who did something, and closes the record of the erasure with its
-- counts.
CREATE OR REPLACE FUNCTION script_tracking.erase_end(
    p_execution_hk pg_catalog.bytea,
    p_subject pg_catalog.text,
    p_rows pg_catalog.int8,
    p_sealed pg_catalog.int8,
    p_is_finished pg_catalog.bool
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_load_date pg_catalog.timestamptz;
BEGIN
    PERFORM script_tracking.erase_check(p_subject);
    DELETE FROM script_tracking.open_execution AS o
    WHERE o.script_execution_hk = p_execution_hk AND o.opened_by = session_user
    RETURNING o.load_date INTO v_load_date;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such open erasure' USING ERRCODE = 'DT006', HINT = 'run: dbtrack erase';
    END IF;
    UPDATE script_tracking.capture_failure AS f
    SET db_session_user = CASE WHEN f.db_session_user = p_subject THEN '[erased]' ELSE f.db_session_user END,
        error_message = CASE WHEN f.error_message ~* script_tracking.erase_pattern(p_subject) THEN '[erased]'
            ELSE f.error_message END
    WHERE f.db_session_user = p_subject OR f.error_message ~* script_tracking.erase_pattern(p_subject);
    UPDATE script_tracking.setting AS s SET changed_by = '[erased]' WHERE s.changed_by = p_subject;
    UPDATE script_tracking.setting_s AS s SET changed_by = '[erased]' WHERE s.changed_by = p_subject;
    UPDATE script_tracking.tenant_schema_es AS e SET changed_by = '[erased]' WHERE e.changed_by = p_subject;
    UPDATE script_tracking.tenant_role_es AS e SET changed_by = '[erased]' WHERE e.changed_by = p_subject;
    -- The history of a login's grants keeps its name until its last grant is gone: until then tenant_role_l names it
    -- too.
    UPDATE script_tracking.tenant_role_es AS e SET role_name = '[erased]'
    WHERE e.role_name = p_subject AND NOT EXISTS (
        SELECT FROM script_tracking.tenant_role_l AS l WHERE l.role_name = e.role_name);
    UPDATE script_tracking.access_log AS a
    SET db_session_user = CASE WHEN a.db_session_user = p_subject THEN '[erased]' ELSE a.db_session_user END,
        client_ip = CASE WHEN a.db_session_user <> p_subject AND host(a.client_ip) <> p_subject THEN a.client_ip END,
        application_name = CASE WHEN a.application_name ~* script_tracking.erase_pattern(p_subject) THEN '[erased]'
            ELSE a.application_name END,
        -- Of a refused request, both are what the client sent.
        report_name = CASE WHEN a.report_name ~* script_tracking.erase_pattern(p_subject) THEN '[erased]'
            ELSE a.report_name END,
        accessed_tenant = CASE WHEN a.accessed_tenant ~* script_tracking.erase_pattern(p_subject) THEN '[erased]'
            ELSE a.accessed_tenant END
    WHERE a.db_session_user = p_subject OR host(a.client_ip) = p_subject
        OR concat_ws(E'\n', a.application_name, a.report_name, a.accessed_tenant) ~* script_tracking.erase_pattern(p_subject);
    UPDATE script_tracking.notice AS n SET notice_data = '{"erased": true}'
    WHERE n.notice_data::pg_catalog.text ~* script_tracking.erase_pattern(p_subject);
    DELETE FROM script_tracking.alert_state AS s WHERE s.group_name = p_subject;
    UPDATE script_tracking.alert_state AS s
    SET first_row = '{"erased": true}', last_row = '{"erased": true}'
    WHERE concat(s.first_row, s.last_row) ~* script_tracking.erase_pattern(p_subject);
    UPDATE script_tracking.alert AS a SET created_by = '[erased]' WHERE a.created_by = p_subject;
    UPDATE script_tracking.event_endpoint AS e
    SET created_by = CASE WHEN e.created_by = p_subject THEN '[erased]' ELSE e.created_by END,
        held_because = CASE WHEN e.held_because ~* script_tracking.erase_pattern(p_subject) THEN '[erased]'
            ELSE e.held_because END,
        leased_by = CASE WHEN e.leased_by ~* script_tracking.erase_pattern(p_subject) THEN '[erased]' ELSE e.leased_by END
    WHERE e.created_by = p_subject
        OR concat_ws(E'\n', e.held_because, e.leased_by) ~* script_tracking.erase_pattern(p_subject);
    UPDATE script_tracking.webhook_delivery AS d SET last_failure = '[erased]'
    WHERE d.last_failure ~* script_tracking.erase_pattern(p_subject);
    -- It keeps its id and number, so that the receiver has no gap after it was sent again.
    UPDATE script_tracking.webhook_dead_letter AS l
    SET event = CASE WHEN l.event::pg_catalog.text ~* script_tracking.erase_pattern(p_subject)
            THEN l.event || '{"subject": "[erased]", "data": {"erased": true}}' ELSE l.event END,
        last_failure = CASE WHEN l.last_failure ~* script_tracking.erase_pattern(p_subject) THEN '[erased]'
            ELSE l.last_failure END
    WHERE concat_ws(E'\n', l.event, l.last_failure) ~* script_tracking.erase_pattern(p_subject);
    UPDATE script_tracking.execution_resolution_s AS r
    SET resolved_by = CASE WHEN r.resolved_by = p_subject THEN '[erased]' ELSE r.resolved_by END,
        reason = CASE WHEN r.reason ~* script_tracking.erase_pattern(p_subject) THEN '[erased]' ELSE r.reason END
    WHERE r.resolved_by = p_subject OR r.reason ~* script_tracking.erase_pattern(p_subject);
    UPDATE script_tracking.execution_wait_s AS w
    SET statement = CASE WHEN w.statement ~* script_tracking.erase_pattern(p_subject) THEN '[erased]' ELSE w.statement END,
        holders = CASE WHEN w.holders::pg_catalog.text ~* script_tracking.erase_pattern(p_subject) THEN '[]' ELSE w.holders END
    WHERE concat_ws(E'\n', w.statement, w.holders) ~* script_tracking.erase_pattern(p_subject);
    DELETE FROM script_tracking.logged_wait AS w
    WHERE w.db_session_user = p_subject
        OR concat_ws(E'\n', w.application_name, w.statement) ~* script_tracking.erase_pattern(p_subject);
    PERFORM script_tracking.forget_person_of_anomalies(p_subject);
    UPDATE script_tracking.tenant_key AS k SET created_by = '[erased]' WHERE k.created_by = p_subject;
    -- The row of a login that is an auditor now keeps its name, as a grant does: it decides what the login sees.
    UPDATE script_tracking.auditor AS a
    SET added_by = CASE WHEN a.added_by = p_subject THEN '[erased]' ELSE a.added_by END,
        removed_by = CASE WHEN a.removed_by = p_subject THEN '[erased]' ELSE a.removed_by END,
        login_name = CASE WHEN a.login_name = p_subject AND a.removed_at IS NOT NULL THEN '[erased]' ELSE a.login_name END
    WHERE p_subject IN (a.added_by, a.removed_by) OR (a.login_name = p_subject AND a.removed_at IS NOT NULL);
    UPDATE script_tracking.api_token AS t SET created_by = '[erased]' WHERE t.created_by = p_subject;
    UPDATE script_tracking.api_token AS t SET token_name = 'erased-' || t.token_id
    WHERE t.token_name ~* script_tracking.erase_pattern(p_subject);
    -- If it was interrupted, it is recorded too, with its counts: dbtrack verify asks which erasure removed a salt.
    PERFORM script_tracking.close_version(p_execution_hk, v_load_date,
        CASE WHEN p_is_finished THEN 'COMPLETED' ELSE 'CANCELLED' END, NULL,
        jsonb_build_object('versions_erased', p_rows, 'rows_erased', p_sealed), NULL, NULL, true);
END
$function$;

COMMENT ON FUNCTION script_tracking.erase_end(
    pg_catalog.bytea, pg_catalog.text, pg_catalog.int8, pg_catalog.int8, pg_catalog.bool) IS
    'Closes the record of an erasure, for dbtrack erase';
