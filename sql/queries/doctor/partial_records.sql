-- How many DDL commands were recorded in part, and the query that lists them.
SELECT 'WARNING', 'capture', format('%s DDL commands were recorded in part: something in them could not be described', p.last_value),
    'SELECT encode(script_execution_hk, ''hex''), script_name, execution_timestamp, affected_objects, metadata -> ''not_described''
FROM script_tracking.current_execution WHERE metadata ? ''not_described'';
-- after you have read them: SELECT setval(''script_tracking.capture_partial_seq'', 1, false);'
FROM script_tracking.capture_partial_seq AS p
WHERE p.is_called;
