-- Writes the log's error into the record that the event triggers have of a concurrent statement; false where they have
-- none, and the log's is the only one.
CREATE OR REPLACE FUNCTION script_tracking.close_captured_concurrent(
    p_statement pg_catalog.text,
    p_user pg_catalog.text,
    p_failed_at pg_catalog.timestamptz,
    p_error_message pg_catalog.text,
    p_metadata pg_catalog.jsonb
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_known script_tracking.script_execution_s;
    v_said pg_catalog.jsonb;
BEGIN
    v_known := script_tracking.captured_concurrent(p_metadata ->> 'backend_pid', p_user, p_statement, p_failed_at);
    IF v_known.script_execution_hk IS NULL THEN
        RETURN false;
    END IF;
    IF v_known.metadata ? 'log_source' THEN
        RETURN true; -- another form of the same log has told it
    END IF;
    DELETE FROM script_tracking.open_execution AS o WHERE o.script_execution_hk = v_known.script_execution_hk;
    -- What the triggers know of the session, they know better.
    SELECT jsonb_object_agg(m.key, m.value) INTO v_said
    FROM jsonb_each(p_metadata) AS m
    WHERE m.key IN ('sqlstate', 'severity', 'detail', 'hint', 'context', 'position', 'log_session', 'log_line', 'log_source',
        'ingested_by');
    PERFORM script_tracking.close_version(v_known.script_execution_hk, v_known.load_date, 'FAILED', p_error_message,
        v_said || jsonb_build_object('duration_us',
            (extract(epoch FROM p_failed_at - v_known.execution_timestamp) * 1000000)::pg_catalog.int8),
        NULL, NULL, false);
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.close_captured_concurrent(
    pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.jsonb) IS
    'Writes the log''s error into the triggers'' record of a concurrent statement; for the functions of this schema';
