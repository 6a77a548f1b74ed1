-- What failed most often: by name and type, over how many sources, and when last. At most 50 rows.
SELECT script_name, script_type, count(*) AS failed, count(DISTINCT source) AS sources,
    max(execution_timestamp) AS last_failure
FROM executions
WHERE execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
GROUP BY script_name, script_type
ORDER BY failed DESC, script_name, script_type
LIMIT 50
