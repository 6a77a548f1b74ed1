SELECT s.script_execution_hk AS execution_key, s.script_name, s.script_type, s.execution_status,
    s.execution_timestamp,
    CASE
        WHEN s.execution_duration_ms IS NOT NULL AND pg_catalog.jsonb_typeof(s.metadata -> 'duration_us') = 'number'
            THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001
        ELSE s.execution_duration_ms
    END AS duration_ms,
    s.affected_objects, s.sql_command, s.error_message
FROM script_tracking.get_own_executions(
    days => %(days)s::pg_catalog.int4,
    maximum_rows => %(limit)s::pg_catalog.int8,
    since => %(since)s::pg_catalog.timestamptz,
    until => %(until)s::pg_catalog.timestamptz) AS s
