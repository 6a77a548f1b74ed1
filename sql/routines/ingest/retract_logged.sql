-- Handles a statement that was recorded as COMPLETED, because log_statement is written when a statement begins, and
-- whose error the log has now. Closes the versions with that status, and returns them with what identifies the error
-- with which they ended.
CREATE OR REPLACE FUNCTION script_tracking.retract_logged(
    p_executions pg_catalog.jsonb,
    p_load_date pg_catalog.timestamptz
)
RETURNS TABLE (
    session_statement pg_catalog.text,
    superseded script_tracking.script_execution_s
)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH failure AS MATERIALIZED (
        SELECT f.session_statement, max(f.execution_timestamp) AS execution_timestamp
        FROM jsonb_to_recordset(p_executions) AS f (
            execution_status pg_catalog.text, session_statement pg_catalog.text,
            execution_timestamp pg_catalog.timestamptz)
        WHERE f.execution_status = 'FAILED' AND f.session_statement IS NOT NULL
        GROUP BY f.session_statement
    ), started AS (
        DELETE FROM script_tracking.logged_start AS l
        USING failure AS f
        WHERE l.session_statement = f.session_statement AND l.execution_timestamp <= f.execution_timestamp
        RETURNING l.*
    ), latest AS (
        -- The string's last run; all statements of the string have one time.
        SELECT b.*, rank() OVER (PARTITION BY b.session_statement ORDER BY b.execution_timestamp DESC) AS age
        FROM started AS b
    ), superseded AS (
        UPDATE script_tracking.script_execution_s AS s
        SET load_end_date = p_load_date
        FROM latest AS b
        WHERE b.age = 1 AND s.load_date = b.load_date AND s.script_execution_hk = b.script_execution_hk
            AND s.load_end_date IS NULL
        RETURNING b.session_statement, s, s.execution_timestamp
    ), gap AS MATERIALIZED (
        SELECT script_tracking.open_rollup_gap(min(u.execution_timestamp), max(u.execution_timestamp)) FROM superseded AS u
    )
    SELECT u.session_statement, u.s FROM superseded AS u CROSS JOIN gap
$function$;

COMMENT ON FUNCTION script_tracking.retract_logged(pg_catalog.jsonb, pg_catalog.timestamptz) IS
    'Closes logged executions whose failure came later in the log; for the functions of this schema';
