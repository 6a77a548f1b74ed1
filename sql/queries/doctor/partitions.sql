WITH parent AS (
    SELECT c.oid, c.relname::text AS name, p.partdefid = 0 AS lacks_default
    FROM pg_partitioned_table AS p
    JOIN pg_class AS c ON c.oid = p.partrelid
    WHERE c.relnamespace = 'script_tracking'::regnamespace
), missing AS (
    SELECT o.month_offset, p.name || to_char(now() AT TIME ZONE 'UTC' + make_interval(months => o.month_offset), '_YYYY_MM')
        AS partition_name, p.lacks_default
    FROM generate_series(0, 1) AS o (month_offset)
    CROSS JOIN parent AS p
    WHERE p.name IN ('script_execution_h', 'script_execution_s', 'script_execution_parent_l') AND NOT EXISTS (
        SELECT FROM pg_inherits AS i
        JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = p.oid AND c.relname = p.name
            || to_char(now() AT TIME ZONE 'UTC' + make_interval(months => o.month_offset), '_YYYY_MM'))
), month AS (
    -- The months that have a partition, by the names that ensure_partitions gives.
    SELECT to_date(right(c.relname, 7), 'YYYY_MM')::timestamp AT TIME ZONE 'UTC' AS month_start
    FROM parent AS p
    JOIN pg_inherits AS i ON i.inhparent = p.oid
    JOIN pg_class AS c ON c.oid = i.inhrelid
    WHERE p.name = 'script_execution_s' AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
), outside AS (
    -- Each pair of neighbours encloses the months that have none: the plan opens only the default partition.
    SELECT m.month_end AS since, coalesce(lead(m.month_start) OVER (ORDER BY m.month_start), 'infinity') AS until
    FROM (
        SELECT n.month_start, (n.month_start AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC' AS month_end
        FROM month AS n
        UNION ALL
        SELECT '-infinity', '-infinity'
    ) AS m
)
SELECT CASE WHEN w.month_offset = 0 THEN 'CRITICAL' ELSE 'WARNING' END, 'script_tracking.' || w.partition_name,
    CASE WHEN w.month_offset > 0 THEN 'the partition is not made yet'
        WHEN w.lacks_default THEN 'this month''s partition is missing, and so is the default partition: nothing can be recorded'
        ELSE 'this month''s partition is missing: its rows go to the default partition' END,
    -- If capture.on_error is block, no DDL but that of an install is allowed now.
    CASE WHEN w.month_offset = 0 AND w.lacks_default THEN 'dbtrack install' ELSE 'dbtrack maintain' END
FROM missing AS w
UNION ALL
SELECT 'WARNING', 'script_tracking.' || p.name || '_default',
    'the default partition is missing: what has no month''s partition could not be recorded', 'dbtrack maintain'
FROM parent AS p
WHERE p.lacks_default
UNION ALL
SELECT 'WARNING', 'script_tracking.idx_script_execution_s_recorded_by',
    'months lack the index, so that reports read all their rows for what came late', 'dbtrack maintain'
FROM pg_catalog.pg_index AS i
WHERE i.indexrelid = to_regclass('script_tracking.idx_script_execution_s_recorded_by') AND NOT i.indisvalid
UNION ALL
SELECT 'WARNING', 'script_tracking.script_execution_s_default', 'rows wait in the default partition', 'dbtrack maintain'
WHERE EXISTS (
    SELECT
    FROM outside AS o
    CROSS JOIN LATERAL (
        SELECT FROM script_tracking.script_execution_s AS s WHERE s.load_date >= o.since AND s.load_date < o.until LIMIT 1
    ) AS r
    WHERE o.since < o.until);
