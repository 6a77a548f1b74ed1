-- Records the waits that dbtrack track saw while its command ran, for the login that opened the operation. waits is an
-- array of objects: started_at, waited_ms, is_acquired, lock_mode, object_identity, backend_pid, statement, holders.
-- Returns how many were recorded.
CREATE OR REPLACE FUNCTION script_tracking.record_waits(execution_key pg_catalog.bytea, waits pg_catalog.jsonb)
RETURNS pg_catalog.int4
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET standard_conforming_strings = on
AS $function$
DECLARE
    v_mode CONSTANT pg_catalog.text := script_tracking.current_setting_value('redaction.mode');
    v_operation script_tracking.script_execution_s;
    v_recorded pg_catalog.int4;
BEGIN
    SELECT v.* INTO v_operation FROM script_tracking.execution_versions(record_waits.execution_key) AS v
    WHERE v.load_end_date IS NULL;
    IF v_operation.script_execution_hk IS NULL OR v_operation.db_session_user <> session_user
        OR NOT starts_with(v_operation.record_source, 'dbtrack_cli@') THEN
        RAISE EXCEPTION '% has no such operation', session_user
            USING ERRCODE = 'DT004', HINT = 'the login that opened it records what it waited for';
    END IF;
    INSERT INTO script_tracking.execution_wait_s
        (script_execution_hk, started_at, seen_by, tenant_hk, waited_ms, is_acquired, lock_mode, object_identity,
         backend_pid, statement, holders, record_source)
    SELECT record_waits.execution_key, w.started_at, 'track', v_operation.tenant_hk, w.waited_ms, w.is_acquired, left(w.lock_mode, 40),
        left(w.object_identity, 300), w.backend_pid, script_tracking.redact_statement(left(w.statement, 10000), v_mode, 10000),
        coalesce((
            SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pid', h.pid, 'login', left(h.login, 63),
                'application', script_tracking.redact_message(left(h.application, 64)), 'state', left(h.state, 40),
                'statement', script_tracking.redact_statement(left(h.statement, 2000), v_mode, 2000),
                'transaction_start', h.transaction_start)))
            FROM jsonb_to_recordset(w.holders) AS h (pid pg_catalog.int4, login pg_catalog.text, application pg_catalog.text,
                state pg_catalog.text, statement pg_catalog.text, transaction_start pg_catalog.timestamptz)), '[]'),
        script_tracking.record_source('dbtrack_cli')
    FROM jsonb_to_recordset(waits) AS w (
        started_at pg_catalog.timestamptz, waited_ms pg_catalog."numeric", is_acquired pg_catalog.bool, lock_mode pg_catalog.text,
        object_identity pg_catalog.text, backend_pid pg_catalog.int4, statement pg_catalog.text, holders pg_catalog.jsonb)
    LIMIT 100
    ON CONFLICT ON CONSTRAINT execution_wait_s_pkey DO NOTHING;
    GET DIAGNOSTICS v_recorded = ROW_COUNT;
    RETURN v_recorded;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_waits(pg_catalog.bytea, pg_catalog.jsonb) IS
    'Records the waits that dbtrack track saw while its command ran; for the login that opened the operation';
