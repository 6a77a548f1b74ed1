-- The current version of an execution, if the request may see it.
SELECT v.script_name, v.execution_status, v.load_date
FROM script_tracking.execution_versions(%(key)s::bytea) AS v
WHERE v.load_end_date IS NULL;
