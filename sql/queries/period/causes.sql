-- The causes of what failed in a period, each with the words of its latest error, and whether that is open.
SELECT c.*, o.is_open, pg_catalog."left"(script_tracking.error_cause(x.error_message, x.metadata), 400) AS latest_error
FROM script_tracking.get_error_causes(since => %(since)s::pg_catalog.timestamptz, until => %(until)s::pg_catalog.timestamptz,
    tenant_hk => %(tenant)s::pg_catalog.bytea) AS c
LEFT JOIN LATERAL script_tracking.get_failure_state(c.execution_key) AS o ON true
LEFT JOIN LATERAL (
    SELECT v.error_message, v.metadata
    FROM script_tracking.execution_versions(c.execution_key) AS v
    WHERE v.load_end_date IS NULL
) AS x ON true
