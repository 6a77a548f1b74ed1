-- The last DDL that is in the record: when, by which login. Only columns that every version of dbtrack has.
SELECT s.execution_timestamp, s.db_session_user::pg_catalog.text
FROM script_tracking.script_execution_s AS s
WHERE s.script_type = 'DDL_AUTO'
ORDER BY s.execution_timestamp DESC
LIMIT 1
