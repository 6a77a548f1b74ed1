-- The names of operations of the last weeks, the newest first.
SELECT s.script_name::text, lower(s.script_type COLLATE "C")
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL AND s.load_date >= now() - interval '35 days' AND s.script_type NOT IN ('DDL_AUTO', 'DDL_LOG')
GROUP BY s.script_name, s.script_type
ORDER BY max(s.execution_timestamp) DESC
LIMIT 1000;
