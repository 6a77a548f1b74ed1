-- The newest executions: the first digits of the key, and what it is.
SELECT left(encode(s.script_execution_hk, 'hex'), 12), concat_ws(' ', s.script_name, lower(s.execution_status COLLATE "C"),
    to_char(s.execution_timestamp, 'YYYY-MM-DD HH24:MI'))
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL AND s.load_date >= now() - interval '35 days'
ORDER BY s.execution_timestamp DESC
LIMIT 100;
