-- What began in the last 24 hours and took longest.
SELECT s.script_execution_hk AS execution_key, s.script_name, s.script_type, s.execution_status, s.execution_timestamp,
    CASE WHEN pg_catalog.jsonb_typeof(s.metadata -> 'duration_us') = 'number'
        THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001 ELSE s.execution_duration_ms END AS duration_ms,
    s.db_session_user, s.affected_objects[1] AS affected_object
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL AND s.execution_duration_ms IS NOT NULL
    AND s.execution_timestamp >= pg_catalog.statement_timestamp() - pg_catalog."interval" '24 hours'
    AND s.load_date >= pg_catalog.statement_timestamp() - pg_catalog."interval" '2 days'
    AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
ORDER BY s.execution_duration_ms DESC, s.execution_timestamp DESC
LIMIT 5
