-- The executions whose keys begin with some digits, for a choice: key, name, status and start.
SELECT h.script_execution_hk, v.script_name, v.execution_status, v.execution_timestamp
FROM script_tracking.script_execution_h AS h
CROSS JOIN LATERAL script_tracking.execution_versions(h.script_execution_hk) AS v
WHERE h.script_execution_hk >= %(lowest)s::pg_catalog.bytea AND h.script_execution_hk <= %(highest)s::pg_catalog.bytea
    AND v.load_end_date IS NULL
ORDER BY v.execution_timestamp DESC
LIMIT %(limit)s::pg_catalog.int8
