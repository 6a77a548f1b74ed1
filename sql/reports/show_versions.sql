SELECT v.version_number, v.execution_status, v.load_date, v.load_end_date,
    CASE
        WHEN v.execution_duration_ms IS NOT NULL AND pg_catalog.jsonb_typeof(v.metadata -> 'duration_us') = 'number'
            THEN (v.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001
        ELSE v.execution_duration_ms
    END AS duration_ms,
    v.record_source, v.error_message, v.hash_diff
FROM script_tracking.execution_versions(%(key)s) AS v
WHERE %(as_of)s::pg_catalog.timestamptz IS NULL OR v.load_date <= %(as_of)s::pg_catalog.timestamptz
ORDER BY v.version_number
