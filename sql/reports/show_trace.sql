SELECT c.script_execution_hk AS execution_key, c.script_name, c.script_type, c.execution_status, c.execution_timestamp,
    CASE
        WHEN c.execution_duration_ms IS NOT NULL AND pg_catalog.jsonb_typeof(c.metadata -> 'duration_us') = 'number'
            THEN (c.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001
        ELSE c.execution_duration_ms
    END AS duration_ms,
    c.metadata ->> 'application_name' AS application_name,
    c.db_session_user,
    t.tenant_bk AS tenant,
    c.record_source,
    pg_catalog."substring"(c.metadata ->> 'traceparent', '^..-.{32}-(.{16})') AS parent_span,
    CASE WHEN c.execution_status <> 'COMPLETED' THEN script_tracking.error_cause(c.error_message, c.metadata) END AS error
FROM script_tracking.execution_versions(%(key)s) AS p
JOIN script_tracking.script_execution_s AS c
    -- The parts of a trace run within an hour of each other; an outbox may record them much later.
    ON c.execution_timestamp >= p.execution_timestamp - '1 hour'::pg_catalog."interval"
        AND c.execution_timestamp <= p.execution_timestamp + '1 hour'::pg_catalog."interval"
            + coalesce(p.execution_duration_ms, 0) * '1 millisecond'::pg_catalog."interval"
        AND c.load_date >= p.execution_timestamp - '1 day'::pg_catalog."interval"
        AND pg_catalog."substring"(c.metadata ->> 'traceparent', '^[0-9a-f]{2}-([0-9a-f]{32})-')
            = pg_catalog."substring"(p.metadata ->> 'traceparent', '^[0-9a-f]{2}-([0-9a-f]{32})-')
        AND c.script_execution_hk <> p.script_execution_hk
        AND c.load_end_date IS NULL
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = c.tenant_hk
WHERE p.load_end_date IS NULL
ORDER BY c.execution_timestamp, c.version_number
