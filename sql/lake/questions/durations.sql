-- Durations by source and type, in milliseconds: median, 95th percentile and longest, of executions that have ended.
SELECT source, script_type, count(duration_ms) AS executions,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms) AS median_ms,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms) AS p95_ms, max(duration_ms) AS longest_ms
FROM executions
WHERE duration_ms IS NOT NULL
GROUP BY source, script_type
ORDER BY source, script_type
