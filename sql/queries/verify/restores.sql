-- The months into which archives were restored, according to sealed records of the restores.
SELECT DISTINCT m.month
FROM script_tracking.script_execution_s AS s
CROSS JOIN LATERAL jsonb_array_elements_text(CASE WHEN jsonb_typeof(s.metadata -> 'months') = 'array'
    THEN s.metadata -> 'months' ELSE '[]' END) AS m (month)
WHERE s.script_name = 'dbtrack archive restore' AND s.script_type = 'MAINTENANCE' AND s.record_source LIKE 'archive_restore@%%'
    AND EXISTS (SELECT FROM script_tracking.seal_leaf AS l
        WHERE l.load_date = s.load_date AND l.record_hk = s.script_execution_hk)
