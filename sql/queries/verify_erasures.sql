-- The erasures that are recorded: how many sealed rows each changed.
SELECT s.script_execution_hk, max((s.metadata ->> 'rows_erased')::pg_catalog.int8)
FROM script_tracking.script_execution_s AS s
WHERE s.script_name = 'dbtrack erase' AND s.script_type = 'MAINTENANCE' AND s.record_source LIKE 'erase@%%'
GROUP BY s.script_execution_hk
