-- The digests of forks that somebody accepted, whether the record of that is sealed, and whether it was a rewrite of the
-- same branch.
SELECT d.digest ->> 'block_hash', l.block_number IS NOT NULL, coalesce(d.digest ->> 'rewritten' = 'true', false)
FROM script_tracking.script_execution_s AS s
CROSS JOIN LATERAL jsonb_array_elements(CASE WHEN jsonb_typeof(s.metadata -> 'digests') = 'array'
    THEN s.metadata -> 'digests' ELSE '[]' END) AS d (digest)
LEFT JOIN script_tracking.seal_leaf AS l ON l.load_date = s.load_date AND l.record_hk = s.script_execution_hk
WHERE s.script_name = 'dbtrack accept fork' AND s.script_type = 'MAINTENANCE' AND s.record_source LIKE 'verify@%%'
