-- Durations by source and type, in milliseconds: median, 95th percentile and longest, of executions that have ended.
-- ClickHouse has percentile_cont under another name.
SELECT source, script_type, count(duration_ms) AS executions,
    quantileExactInclusive(0.5)(duration_ms) AS median_ms,
    quantileExactInclusive(0.95)(duration_ms) AS p95_ms, max(duration_ms) AS longest_ms
FROM executions
WHERE duration_ms IS NOT NULL
GROUP BY source, script_type
ORDER BY source, script_type
