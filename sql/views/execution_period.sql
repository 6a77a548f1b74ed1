-- Every version of every execution, with the time in which it was the current one: join it at any moment.
CREATE OR REPLACE VIEW script_tracking.execution_period
WITH (security_invoker = true) AS
SELECT
    s.script_execution_hk,
    s.version_number,
    s.load_date AS valid_from,
    coalesce(s.load_end_date, 'infinity'::pg_catalog.timestamptz) AS valid_until,
    s.tenant_hk,
    s.script_name,
    s.script_type,
    s.execution_status,
    s.execution_timestamp,
    s.execution_duration_ms,
    s.db_session_user,
    s.affected_objects,
    s.sql_command,
    s.error_message,
    s.metadata,
    s.record_source
FROM script_tracking.script_execution_s AS s;

COMMENT ON VIEW script_tracking.execution_period IS
    'Point in time: every version of every execution; it was the current one from valid_from until before valid_until';
