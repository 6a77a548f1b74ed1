-- The executions whose hash key is in a range: a whole key, or its first digits, stands for such a range.
SELECT
    h.script_execution_hk,
    h.tenant_hk,
    h.load_date,
    h.script_execution_bk,
    t.tenant_bk,
    h.record_source
FROM script_tracking.script_execution_h AS h
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = h.tenant_hk
WHERE h.script_execution_hk BETWEEN %(lowest)s::bytea AND %(highest)s::bytea
ORDER BY h.script_execution_hk
LIMIT %(limit)s::integer
