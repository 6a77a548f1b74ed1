-- Repeats the counts of the hours and days that there are, before them, %(times)s times: a period earlier each. So the counts of two
-- years can be had from the rows of a few months. Names, types and tenants are the same on all days.
WITH span AS (
    SELECT count(*)::int * interval '1 day' AS length, min(s.day_start) AS first FROM script_tracking.rollup_day_state AS s
), repeated AS (
    SELECT g.n * s.length AS back, s.* FROM span AS s CROSS JOIN generate_series(1, %(times)s) AS g (n)
), day_state AS (
    INSERT INTO script_tracking.rollup_day_state (day_start, day_end, counted_since)
    SELECT d.day_start - r.back, d.day_end - r.back, d.counted_since - r.back
    FROM repeated AS r CROSS JOIN script_tracking.rollup_day_state AS d
), day AS (
    INSERT INTO script_tracking.rollup_day (tenant_hk, subject_kind, day_start, subject, ended, completed, timed, longest_ms, histogram,
        percentiles, has_types, has_names, failed, cancelled, abandoned, duration_ms)
    SELECT d.tenant_hk, d.subject_kind, d.day_start - r.back, d.subject, d.ended, d.completed, d.timed, d.longest_ms, d.histogram,
        d.percentiles, d.has_types, d.has_names, d.failed, d.cancelled, d.abandoned, d.duration_ms
    FROM repeated AS r CROSS JOIN script_tracking.rollup_day AS d
), total AS (
    INSERT INTO script_tracking.rollup_total
    SELECT t.level_minutes, t.bucket_start - r.back, t.script_type, t.completed, t.failed, t.cancelled, t.abandoned, t.timed,
        t.duration_ms, t.longest_ms, t.histogram
    FROM repeated AS r JOIN script_tracking.rollup_total AS t ON t.level_minutes = 60 AND t.bucket_start >= r.first
        AND t.bucket_start < r.first + r.length
)
INSERT INTO script_tracking.rollup_tenant
SELECT t.tenant_hk, t.level_minutes, t.bucket_start - r.back, t.script_type, t.completed, t.failed, t.cancelled, t.abandoned, t.timed,
    t.duration_ms, t.longest_ms, t.histogram
FROM repeated AS r JOIN script_tracking.rollup_tenant AS t ON t.level_minutes = 60 AND t.bucket_start >= r.first
    AND t.bucket_start < r.first + r.length
