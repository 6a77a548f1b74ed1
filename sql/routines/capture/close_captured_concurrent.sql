-- Writes the log's error into the record of a statement such as CREATE INDEX CONCURRENTLY, which commits before its
-- end, so its start stays recorded if it fails. Returns false if there is no such record, and the log's entry is the
-- only one.
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
    SELECT s.* INTO v_known
    FROM script_tracking.script_execution_s AS s
    WHERE s.execution_timestamp BETWEEN p_failed_at - '7 days'::pg_catalog."interval" AND p_failed_at
        AND s.load_end_date IS NULL
        AND s.script_type = 'DDL_AUTO'
        AND s.execution_status <> 'COMPLETED'
        AND s.db_session_user = p_user
        AND s.metadata ->> 'backend_pid' = p_metadata ->> 'backend_pid'
        AND strpos(s.sql_command, p_statement) > 0
    ORDER BY s.execution_timestamp DESC
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF v_known.metadata ? 'log_source' THEN
        RETURN true; -- the same log in another format had it already
    END IF;
    DELETE FROM script_tracking.open_execution AS o WHERE o.script_execution_hk = v_known.script_execution_hk;
    -- For what both know of the session, the triggers are the better source.
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
