-- How many executions the record has. This reads all of them.
SELECT count(*) FROM script_tracking.script_execution_h;
