-- The recorded cleanups: what each removed, whether its record is sealed, and whether a version of dbtrack that counts
-- removals ran it. No cleanup removed what came after it.
SELECT least(greatest(least((s.metadata ->> 'cutoff')::pg_catalog.timestamptz, s.load_date), '0002-01-01 00:00:00+00'),
        '9999-12-30 00:00:00+00') AS cutoff,
    CASE WHEN jsonb_typeof(s.metadata -> 'executions_removed') = 'number'
        THEN (s.metadata ->> 'executions_removed')::pg_catalog."numeric"::pg_catalog.int8 ELSE 0 END AS executions,
    ARRAY(SELECT m.month FROM jsonb_array_elements_text(CASE WHEN jsonb_typeof(s.metadata -> 'months_dropped') = 'array'
        THEN s.metadata -> 'months_dropped' ELSE '[]' END) AS m (month)) AS months,
    l.block_number IS NOT NULL AS is_sealed, b.sealed_before IS NOT NULL AS is_counted
FROM script_tracking.script_execution_s AS s
LEFT JOIN script_tracking.seal_leaf AS l ON l.load_date = s.load_date AND l.record_hk = s.script_execution_hk
LEFT JOIN script_tracking.seal_block AS b ON b.block_number = l.block_number
WHERE s.script_name = 'dbtrack cleanup' AND s.script_type = 'MAINTENANCE' AND s.record_source LIKE 'cleanup@%%'
    AND s.metadata ->> 'cutoff' IS NOT NULL
    -- Not those of a source of a vault, which say what happened there.
    AND NOT EXISTS (SELECT FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk AND t.record_source LIKE 'vault@%%')
ORDER BY s.load_date
