-- How long executions waited for locks in a period, in milliseconds, and how many of them did, as far as it is known.
SELECT coalesce(pg_catalog.sum(w.waited_ms), 0)::pg_catalog.float8 AS waited_ms, pg_catalog.count(*) AS executions
FROM (
    -- The log and track may both have seen a wait.
    SELECT w.script_execution_hk, pg_catalog.max(w.waited_ms) AS waited_ms
    FROM script_tracking.execution_wait_s AS w
    WHERE w.started_at >= %(since)s::pg_catalog.timestamptz AND w.started_at < %(until)s::pg_catalog.timestamptz
        AND (%(tenant)s::pg_catalog.bytea IS NULL OR w.tenant_hk = %(tenant)s::pg_catalog.bytea)
    GROUP BY w.script_execution_hk
) AS w
