-- Checks the relations that the functions maintain: every execution has its satellite, every version its hub, every
-- open execution its RUNNING version. Only the last 31 days, so that it stays fast with a long history. A missing row
-- was deleted or never restored, and no statement brings it back: the message says how to see it.
SELECT 'CRITICAL', 'script_tracking.script_execution_s', format('%s executions of the last 31 days have no version: %s', count(*),
    'SELECT h.* FROM script_tracking.script_execution_h h LEFT JOIN script_tracking.script_execution_s s '
    'USING (load_date, script_execution_hk) WHERE s.load_date IS NULL'), NULL
FROM script_tracking.script_execution_h AS h
WHERE h.load_date > now() - interval '31 days' AND NOT EXISTS (
    SELECT FROM script_tracking.script_execution_s AS s
    WHERE s.load_date = h.load_date AND s.script_execution_hk = h.script_execution_hk)
HAVING count(*) > 0
UNION ALL
SELECT 'CRITICAL', 'script_tracking.script_execution_h', format('%s versions of the last 31 days have no execution: %s', count(*),
    'SELECT s.* FROM script_tracking.script_execution_s s WHERE NOT EXISTS (SELECT FROM script_tracking.script_execution_h h '
    'WHERE h.script_execution_hk = s.script_execution_hk)'), NULL
FROM script_tracking.script_execution_s AS s
WHERE s.load_date > now() - interval '31 days' AND NOT EXISTS (
    SELECT FROM script_tracking.script_execution_h AS h WHERE h.script_execution_hk = s.script_execution_hk)
HAVING count(*) > 0
UNION ALL
SELECT 'WARNING', encode(o.script_execution_hk, 'hex'), 'it is noted as open and has no RUNNING version',
    format('DELETE FROM script_tracking.open_execution WHERE script_execution_hk = ''\x%s'';', encode(o.script_execution_hk, 'hex'))
FROM script_tracking.open_execution AS o
WHERE NOT EXISTS (
    SELECT FROM script_tracking.script_execution_s AS s
    WHERE s.load_date = o.load_date AND s.script_execution_hk = o.script_execution_hk AND s.load_end_date IS NULL
        AND s.execution_status = 'RUNNING');
