-- How long each execution waited for locks in all. If the log and dbtrack track both saw its waits, the longer sum counts.
CREATE OR REPLACE VIEW script_tracking.execution_waited
WITH (security_invoker = true) AS
SELECT w.script_execution_hk, w.tenant_hk, max(w.waited_ms) AS waited_ms, max(w.wait_count) AS wait_count,
    min(w.started_at) AS started_at
FROM (
    SELECT e.script_execution_hk, e.tenant_hk, e.seen_by, sum(e.waited_ms) AS waited_ms, count(*) AS wait_count,
        min(e.started_at) AS started_at
    FROM script_tracking.execution_wait_s AS e
    GROUP BY e.script_execution_hk, e.tenant_hk, e.seen_by
) AS w
GROUP BY w.script_execution_hk, w.tenant_hk;

COMMENT ON VIEW script_tracking.execution_waited IS
    'How long each execution waited for locks: waited_ms in all, in wait_count waits, the first since started_at';
COMMENT ON COLUMN script_tracking.execution_waited.tenant_hk IS 'The tenant of the execution; NULL: the platform';
COMMENT ON COLUMN script_tracking.execution_waited.waited_ms IS 'How long it waited for locks in all, in milliseconds';
COMMENT ON COLUMN script_tracking.execution_waited.wait_count IS 'How often it waited';
COMMENT ON COLUMN script_tracking.execution_waited.started_at IS 'When it first began to wait';
