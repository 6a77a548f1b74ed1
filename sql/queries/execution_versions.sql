-- All versions of one execution, the oldest first. Each ends where the next begins, so each is a point look-up.
WITH RECURSIVE version AS (
    SELECT s.*
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_date = %(load_date)s::timestamptz AND s.script_execution_hk = %(execution_hk)s::bytea
    UNION ALL
    SELECT s.*
    FROM version AS v
    JOIN script_tracking.script_execution_s AS s
        ON s.load_date = v.load_end_date AND s.script_execution_hk = v.script_execution_hk
)
SELECT
    v.version_number,
    v.load_date,
    v.load_end_date,
    v.script_name,
    v.script_type,
    v.execution_status,
    v.execution_timestamp,
    v.execution_duration_ms,
    v.db_session_user,
    host(v.client_ip) AS client_ip,
    v.affected_objects,
    v.sql_command,
    v.error_message,
    v.metadata,
    v.record_source
FROM version AS v
ORDER BY v.version_number
