-- The record that the event triggers have of a statement that committed part-way and then failed: CREATE INDEX
-- CONCURRENTLY leaves its start on record, and the log's error belongs to it.
CREATE OR REPLACE FUNCTION script_tracking.captured_concurrent(
    p_backend_pid pg_catalog.text,
    p_user pg_catalog.text,
    p_statement pg_catalog.text,
    p_failed_at pg_catalog.timestamptz
)
RETURNS script_tracking.script_execution_s
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT s.*
    FROM script_tracking.script_execution_s AS s
    WHERE s.execution_timestamp BETWEEN p_failed_at - '7 days'::pg_catalog."interval" AND p_failed_at
        AND s.load_end_date IS NULL
        AND s.script_type = 'DDL_AUTO'
        AND s.execution_status <> 'COMPLETED'
        AND s.db_session_user = p_user
        AND s.metadata ->> 'backend_pid' = p_backend_pid
        AND strpos(s.sql_command, p_statement) > 0
    ORDER BY s.execution_timestamp DESC
    LIMIT 1
$function$;

COMMENT ON FUNCTION script_tracking.captured_concurrent(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
    'The triggers'' record of a concurrent statement that failed; for the functions of this schema';
