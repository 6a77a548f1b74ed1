-- Where an execution stands in the order of the history.
SELECT v.execution_timestamp, v.version_number
FROM script_tracking.execution_versions(script_tracking.get_execution_key(%(key)s::pg_catalog.text)) AS v
WHERE v.load_end_date IS NULL
