-- The recorded erasures: how many rows each changed at most (here or where it ran, which may seal other rows), when its
-- record was written, whether that is sealed, and whether a version of dbtrack that erased whole values ran it.
SELECT s.script_execution_hk, (
        SELECT coalesce(max(m.value::pg_catalog."numeric"::pg_catalog.int8), 0) FROM jsonb_each(s.metadata) AS m
        WHERE m.key IN ('rows_erased', 'versions_erased') AND jsonb_typeof(m.value) = 'number') AS rows,
    least(greatest(s.load_date, '0002-01-01 00:00:00+00'), '9999-12-30 00:00:00+00') AS recorded_at,
    l.block_number IS NOT NULL AS is_sealed, b.sealed_before IS NOT NULL AS is_counted
FROM script_tracking.script_execution_s AS s
LEFT JOIN script_tracking.seal_leaf AS l ON l.load_date = s.load_date AND l.record_hk = s.script_execution_hk
LEFT JOIN script_tracking.seal_block AS b ON b.block_number = l.block_number
WHERE s.script_name = 'dbtrack erase' AND s.script_type = 'MAINTENANCE' AND s.record_source LIKE 'erase@%%'
    AND s.load_end_date IS NULL AND s.metadata ->> 'rows_erased' IS NOT NULL
    -- Not those of a source of a vault, which say what happened there.
    AND NOT EXISTS (SELECT FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk AND t.record_source LIKE 'vault@%%')
ORDER BY s.load_date
