-- Other runs of the same operation within 90 days, the latest first.
SELECT s.script_execution_hk AS execution_key, s.execution_status, s.execution_timestamp,
    CASE WHEN pg_catalog.jsonb_typeof(s.metadata -> 'duration_us') = 'number' AND s.execution_duration_ms IS NOT NULL
        THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001 ELSE s.execution_duration_ms END AS duration_ms,
    s.db_session_user, pg_catalog."left"(script_tracking.error_cause(s.error_message, s.metadata), 200) AS error
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL
    AND s.execution_timestamp >= pg_catalog.statement_timestamp() - pg_catalog."interval" '90 days'
    AND s.load_date >= pg_catalog.statement_timestamp() - pg_catalog."interval" '91 days'
    AND s.script_name = %(name)s::pg_catalog.text AND s.script_type = %(type)s::pg_catalog.text
    AND s.tenant_hk IS NOT DISTINCT FROM (SELECT p.tenant_hk FROM script_tracking.execution_versions(%(key)s::pg_catalog.bytea) AS p
        WHERE p.load_end_date IS NULL)
ORDER BY s.execution_timestamp DESC
LIMIT 10
