-- The tickets of executions, or of the operations inside which they ran; those without one are missing.
SELECT h.script_execution_hk, o.ticket
FROM script_tracking.script_execution_h AS h
JOIN script_tracking.execution_origin AS o
    ON o.load_date = h.load_date AND o.script_execution_hk = h.script_execution_hk
WHERE h.script_execution_hk = ANY (%(keys)s::pg_catalog.bytea[]) AND o.ticket IS NOT NULL
