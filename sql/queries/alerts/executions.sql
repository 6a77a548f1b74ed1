-- The executions that ended and are new. No event trigger fires for roles, so that captured DDL gives no such rights.
SELECT s.script_execution_hk AS execution_key, s.script_name, s.script_type, s.execution_status, s.execution_timestamp,
    s.load_date AS recorded_at,
    CASE
        WHEN s.execution_duration_ms IS NOT NULL AND pg_catalog.jsonb_typeof(s.metadata -> 'duration_us') = 'number'
            THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001
        ELSE s.execution_duration_ms
    END AS duration_ms,
    -- What replication applied is not the work of the login of its worker.
    CASE WHEN s.metadata ? 'replicated' THEN (
        SELECT o.db_session_user FROM script_tracking.get_original_execution(s.script_execution_hk) AS o)
        ELSE s.db_session_user END AS db_session_user,
    s.metadata ->> 'role' AS role_name, s.metadata ->> 'application_name' AS application_name,
    pg_catalog.host(s.client_ip) AS client_ip,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk) AS tenant,
    s.affected_objects, pg_catalog."left"(s.sql_command, 4000) AS sql_command, s.error_message,
    s.metadata ->> 'sqlstate' AS sqlstate,
    CASE WHEN s.script_type IN ('DDL_LOG', 'UNATTRIBUTED')
        THEN script_tracking.gained_rights(s.script_name, s.sql_command, s.metadata) END AS gained_rights,
    s.metadata ->> 'change' AS change, s.metadata ->> 'ticket' AS ticket, s.metadata ->> 'environment' AS environment,
    s.record_source,
    CASE WHEN (SELECT script_tracking.class_map()) IS NOT NULL OR s.script_type = 'CLASSIFICATION' THEN
        script_tracking.execution_classes(s.script_execution_hk, s.load_date,
            CASE WHEN s.script_type = 'CLASSIFICATION' THEN s.metadata END, (SELECT script_tracking.class_map()))
    END AS classes
FROM script_tracking.new_versions(%(seen)s::pg_catalog.pg_snapshot, %(since)s::pg_catalog.timestamptz,
    %(current)s::pg_catalog.pg_snapshot) AS s
WHERE s.load_end_date IS NULL AND s.execution_status <> 'RUNNING'
    -- If an operation failed, the log's entry about its error is counted with the operation.
    AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')
    AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
ORDER BY s.version_number
