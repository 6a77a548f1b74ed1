SELECT CASE WHEN w.month_offset = 0 THEN 'CRITICAL' ELSE 'WARNING' END, 'script_tracking.' || w.partition_name,
    CASE WHEN w.month_offset = 0 THEN 'this month''s partition is missing: its rows go to the default partition'
        ELSE 'the partition is not made yet' END, 'dbtrack maintain'
FROM (
    SELECT o.month_offset, p.parent || to_char(now() AT TIME ZONE 'UTC' + make_interval(months => o.month_offset), '_YYYY_MM')
        AS partition_name
    FROM generate_series(0, 1) AS o (month_offset)
    CROSS JOIN unnest(ARRAY['script_execution_h', 'script_execution_s', 'script_execution_parent_l']) AS p (parent)
) AS w
WHERE to_regclass('script_tracking.' || w.partition_name) IS NULL
UNION ALL
SELECT 'WARNING', 'script_tracking.idx_script_execution_s_recorded_by',
    'months lack the index, so that reports read all their rows for what came late', 'dbtrack maintain'
FROM pg_catalog.pg_index AS i
WHERE i.indexrelid = to_regclass('script_tracking.idx_script_execution_s_recorded_by') AND NOT i.indisvalid
UNION ALL
SELECT 'WARNING', 'script_tracking.script_execution_s_default', 'rows wait in the default partition', 'dbtrack maintain'
WHERE EXISTS (SELECT FROM script_tracking.script_execution_s_default);
