WITH RECURSIVE version AS (
    SELECT s.*
    FROM script_tracking.script_execution_h AS h
    JOIN script_tracking.script_execution_s AS s
        ON s.load_date = h.load_date AND s.script_execution_hk = h.script_execution_hk
    WHERE h.script_execution_hk = %(key)s::pg_catalog.bytea
    UNION ALL
    SELECT s.*
    FROM version AS v
    JOIN script_tracking.script_execution_s AS s
        ON s.load_date = v.load_end_date AND s.script_execution_hk = v.script_execution_hk
)
SELECT v.version_number, v.execution_status, v.load_date, v.load_end_date,
    CASE
        WHEN v.execution_duration_ms IS NOT NULL AND pg_catalog.jsonb_typeof(v.metadata -> 'duration_us') = 'number'
            THEN (v.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001
        ELSE v.execution_duration_ms
    END AS duration_ms,
    v.record_source, v.error_message, v.hash_diff
FROM version AS v
ORDER BY v.version_number
