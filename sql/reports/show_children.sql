SELECT c.script_execution_hk AS execution_key, c.script_name, c.script_type, c.execution_status, c.execution_timestamp,
    CASE
        WHEN c.execution_duration_ms IS NOT NULL AND pg_catalog.jsonb_typeof(c.metadata -> 'duration_us') = 'number'
            THEN (c.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001
        ELSE c.execution_duration_ms
    END AS duration_ms,
    l.link_type,
    script_tracking.is_proven_link(l.link_type, p, c) AS is_proven,
    c.affected_objects, pg_catalog."left"(c.sql_command, 1000) AS statement,
    CASE WHEN c.execution_status <> 'COMPLETED' THEN script_tracking.error_cause(c.error_message, c.metadata) END AS error
FROM script_tracking.execution_versions(%(key)s) AS p
JOIN script_tracking.script_execution_parent_l AS l ON l.parent_execution_hk = p.script_execution_hk
CROSS JOIN LATERAL script_tracking.execution_versions(l.child_execution_hk) AS c
WHERE (p.load_end_date IS NULL OR (%(as_of)s::pg_catalog.timestamptz IS NOT NULL
        AND p.load_end_date > %(as_of)s::pg_catalog.timestamptz))
    AND (%(as_of)s::pg_catalog.timestamptz IS NULL OR p.load_date <= %(as_of)s::pg_catalog.timestamptz)
    AND (c.load_end_date IS NULL OR (%(as_of)s::pg_catalog.timestamptz IS NOT NULL
        AND c.load_end_date > %(as_of)s::pg_catalog.timestamptz))
    AND (%(as_of)s::pg_catalog.timestamptz IS NULL OR c.load_date <= %(as_of)s::pg_catalog.timestamptz)
ORDER BY c.execution_timestamp, c.version_number
