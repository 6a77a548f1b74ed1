-- Does not use get_recent_errors, because this report also shows the key, the type and the status.
SELECT s.script_execution_hk AS execution_key, s.script_name, s.script_type, s.execution_status,
    s.execution_timestamp, s.error_message, s.db_session_user, pg_catalog.host(s.client_ip) AS client_ip,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk) AS tenant,
    s.affected_objects
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL
    AND s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
    -- If an operation failed, the log's entry about its error is counted with the operation.
    AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with')
    AND s.execution_timestamp >= coalesce(
        %(since)s::pg_catalog.timestamptz,
        coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
            - pg_catalog.make_interval(hours => %(hours)s::pg_catalog.int4))
    AND (%(until)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp < %(until)s::pg_catalog.timestamptz)
    AND (%(status)s::pg_catalog.text IS NULL OR s.execution_status = %(status)s::pg_catalog.text)
    AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
    -- Pages: what follows the last row of the page before. A version number would not do as the second column, because an
    -- execution gets a higher one when it ends.
    AND (%(after_time)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp <= %(after_time)s::pg_catalog.timestamptz)
    AND (%(after_time)s::pg_catalog.timestamptz IS NULL
        OR (s.execution_timestamp, s.script_execution_hk)
            < (%(after_time)s::pg_catalog.timestamptz, %(after_key)s::pg_catalog.bytea))
ORDER BY s.execution_timestamp DESC, CASE WHEN %(in_pages)s::pg_catalog.bool THEN NULL ELSE s.version_number END DESC,
    s.script_execution_hk DESC
LIMIT %(limit)s::pg_catalog.int8
