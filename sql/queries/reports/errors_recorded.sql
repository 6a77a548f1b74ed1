-- The errors whose record was written since a moment, in the order of writing; after the record's own columns come
-- those of the report error_list.
SELECT s.load_date, s.version_number,
    s.script_execution_hk AS execution_key, s.script_name, s.script_type, s.execution_status,
    s.execution_timestamp, s.error_message, s.db_session_user, pg_catalog.host(s.client_ip) AS client_ip,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk) AS tenant,
    s.affected_objects
FROM script_tracking.script_execution_s AS s
WHERE s.load_date >= %(recorded_since)s::pg_catalog.timestamptz
    AND s.load_end_date IS NULL
    AND s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
    -- If an operation failed, the log's entry about its error is counted with the operation.
    AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')
    AND (%(status)s::pg_catalog.text IS NULL OR s.execution_status = %(status)s::pg_catalog.text)
    AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
ORDER BY s.load_date, s.version_number
