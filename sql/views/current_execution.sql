-- The current version of every execution, with its business key and that of its tenant.
CREATE OR REPLACE VIEW script_tracking.current_execution
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    s.script_execution_hk,
    t.tenant_bk,
    s.tenant_hk,
    s.script_name,
    s.script_type,
    s.execution_status,
    s.execution_timestamp,
    s.execution_duration_ms,
    s.db_session_user,
    s.client_ip,
    s.affected_objects,
    s.sql_command,
    s.error_message,
    s.metadata,
    s.record_source,
    s.version_number,
    s.load_date
FROM script_tracking.script_execution_s AS s
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = s.tenant_hk
WHERE s.load_end_date IS NULL;

COMMENT ON VIEW script_tracking.current_execution IS 'The current version of every execution that the caller may see';
