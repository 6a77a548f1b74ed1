-- The rows that reports and rollups group by cause: the current version of each execution that did not succeed.
CREATE OR REPLACE VIEW script_tracking.failed_execution
WITH (security_invoker = true) AS
SELECT
    s.tenant_hk,
    s.execution_status,
    s.execution_timestamp,
    s.version_number,
    s.script_execution_hk,
    s.load_date,
    age(s.xmin) AS transaction_age,
    s.db_session_user,
    substring(s.metadata ->> 'sqlstate', '^[0-9A-Z]{5}$') AS own_sqlstate,
    CASE
        WHEN s.metadata ->> 'signal' IS NOT NULL THEN s.metadata ->> 'signal'
        WHEN s.error_message LIKE 'exit code %' THEN 'exit code ' || (s.metadata ->> 'exit_code')
    END AS ended_by,
    coalesce(script_tracking.normalise_message(script_tracking.error_cause(s.error_message, s.metadata)),
        lower(s.execution_status COLLATE "C") COLLATE "default") AS message,
    coalesce(s.sql_command, s.metadata ->> 'command') IS NOT NULL AS has_statement,
    s.metadata ->> 'hint' IS NOT NULL AS has_hint,
    s.recorded_by
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL AND s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
    -- If an operation failed, the log's entry about its error is counted with the operation.
    AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with');

COMMENT ON VIEW script_tracking.failed_execution IS
    'Executions that failed, were cancelled or abandoned, with the columns that show their cause; transaction_age: how many '
    'transaction ids ago its row was last written; recorded_by: the transaction that recorded it';
