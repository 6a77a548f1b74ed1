WITH RECURSIVE child AS (
    SELECT l.link_type, s.*
    FROM script_tracking.script_execution_parent_l AS l
    JOIN script_tracking.script_execution_h AS h ON h.script_execution_hk = l.child_execution_hk
    JOIN script_tracking.script_execution_s AS s
        ON s.load_date = h.load_date AND s.script_execution_hk = h.script_execution_hk
    WHERE l.parent_execution_hk = %(key)s::pg_catalog.bytea
    UNION ALL
    SELECT c.link_type, s.*
    FROM child AS c
    JOIN script_tracking.script_execution_s AS s
        ON s.load_date = c.load_end_date AND s.script_execution_hk = c.script_execution_hk
)
SELECT c.script_execution_hk AS execution_key, c.script_name, c.script_type, c.execution_status, c.execution_timestamp,
    CASE
        WHEN c.execution_duration_ms IS NOT NULL AND pg_catalog.jsonb_typeof(c.metadata -> 'duration_us') = 'number'
            THEN (c.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001
        ELSE c.execution_duration_ms
    END AS duration_ms,
    c.link_type, c.affected_objects
FROM child AS c
WHERE c.load_end_date IS NULL
ORDER BY c.execution_timestamp, c.version_number
