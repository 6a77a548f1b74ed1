-- All versions of one execution, the oldest first.
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
FROM script_tracking.execution_versions(%(execution_hk)s) AS v
ORDER BY v.version_number
