-- The months in which executions began, in UTC, that are over: YYYY-MM and the first moment of each. Each step looks up
-- the next month in the index on execution_timestamp, so that no month is read.
WITH RECURSIVE found AS (
    SELECT date_trunc('month', min(s.execution_timestamp), 'UTC') AS begin
    FROM script_tracking.script_execution_s AS s
    UNION ALL
    SELECT date_trunc('month', (SELECT min(s.execution_timestamp) FROM script_tracking.script_execution_s AS s
        WHERE s.execution_timestamp >= (f.begin AT TIME ZONE 'UTC' + '1 month'::interval) AT TIME ZONE 'UTC'), 'UTC')
    FROM found AS f
    WHERE f.begin IS NOT NULL
)
SELECT to_char(f.begin AT TIME ZONE 'UTC', 'YYYY-MM') AS month, f.begin,
    (f.begin AT TIME ZONE 'UTC' + '1 month'::interval) AT TIME ZONE 'UTC' AS until
FROM found AS f
WHERE f.begin < date_trunc('month', now(), 'UTC')
ORDER BY f.begin
