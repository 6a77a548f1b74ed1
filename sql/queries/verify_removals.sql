-- The cleanups that are recorded, and whether their record is sealed.
SELECT s.script_execution_hk, s.load_date, (s.metadata ->> 'cutoff')::pg_catalog.timestamptz, l.block_number
FROM script_tracking.script_execution_s AS s
LEFT JOIN script_tracking.seal_leaf AS l ON l.load_date = s.load_date AND l.record_hk = s.script_execution_hk
WHERE s.script_name = 'dbtrack cleanup' AND s.script_type = 'MAINTENANCE' AND s.record_source LIKE 'cleanup@%%'
    AND s.metadata ->> 'cutoff' IS NOT NULL
ORDER BY s.load_date
