-- What runs now, and for how long, beside what is usual for its type.
SELECT s.script_execution_hk AS execution_key, s.script_name, s.script_type, s.execution_timestamp,
    extract(epoch FROM pg_catalog.statement_timestamp() - s.execution_timestamp) * 1000 AS running_ms,
    u.usual_value AS usual_ms,
    round(extract(epoch FROM pg_catalog.statement_timestamp() - s.execution_timestamp) * 1000
        / nullif(u.usual_value, 0), 2) AS times_usual,
    s.db_session_user, s.metadata ->> 'application_name' AS application_name, pg_catalog.host(s.client_ip) AS client_ip,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk) AS tenant
FROM script_tracking.script_execution_s AS s
LEFT JOIN (SELECT p.metric_category, p.usual_value FROM script_tracking.get_usual_performance() AS p
    WHERE p.metric_name = 'p95_duration_ms') AS u ON u.metric_category = s.script_type
WHERE s.load_end_date IS NULL AND s.execution_status = 'RUNNING'
    AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
ORDER BY s.execution_timestamp
