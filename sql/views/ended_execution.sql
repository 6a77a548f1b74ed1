-- The rows that reports and rollups count: the current version of each execution that has ended, and its duration.
CREATE OR REPLACE VIEW script_tracking.ended_execution
WITH (security_invoker = true) AS
SELECT
    s.tenant_hk,
    s.script_type,
    s.execution_status,
    s.execution_timestamp,
    s.load_date,
    age(s.xmin) AS transaction_age,
    d.duration_ms,
    -- Slots grow by 8 %, so that the middle of a slot is within 4 % of all durations in it.
    CASE WHEN d.duration_ms * 1000 >= 1 THEN floor(ln(d.duration_ms::pg_catalog.float8 * 1000) / ln(1.08::pg_catalog.float8))
        WHEN d.duration_ms IS NOT NULL THEN 0 END::pg_catalog.int2 AS duration_slot,
    s.recorded_by,
    s.script_name
FROM script_tracking.script_execution_s AS s
CROSS JOIN LATERAL (
    SELECT CASE WHEN jsonb_typeof(s.metadata -> 'duration_us') = 'number'
        THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" / 1000
        ELSE s.execution_duration_ms END AS duration_ms
) AS d
WHERE s.load_end_date IS NULL AND s.execution_status <> 'RUNNING'
    -- If an operation failed, the log's entry about its error is counted with the operation.
    AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with');

COMMENT ON VIEW script_tracking.ended_execution IS
    'Executions that have ended, with their duration and its slot in the histograms; transaction_age: how many '
    'transaction ids ago its row was last written; recorded_by: the transaction that recorded it';
