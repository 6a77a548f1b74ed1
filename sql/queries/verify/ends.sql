-- Checks that each end of a version is the beginning of the next, and the other way round, and that each execution has
-- a first version. Moments are limited to what the client can read.
SELECT f.key, least(greatest(f.load_date, '0002-01-01 00:00:00+00'), '9999-12-30 00:00:00+00'),
    f.load_end_date IS NOT NULL, f.next_load_date IS NOT NULL, count(*) OVER () AS total
FROM (
SELECT coalesce(e.script_execution_hk, n.script_execution_hk) AS key, coalesce(e.load_date, n.load_date) AS load_date,
    e.load_end_date, n.load_date AS next_load_date
FROM (SELECT s.script_execution_hk, s.load_date, s.load_end_date FROM script_tracking.script_execution_s AS s
      WHERE s.load_end_date IS NOT NULL AND s.load_end_date >= %(from)s) AS e
FULL JOIN (
    SELECT s.script_execution_hk, s.load_date
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_date >= %(from)s AND NOT EXISTS (
        SELECT FROM script_tracking.script_execution_h AS h
        WHERE h.load_date = s.load_date AND h.script_execution_hk = s.script_execution_hk AND h.load_date >= %(from)s)
) AS n ON n.script_execution_hk = e.script_execution_hk AND n.load_date = e.load_end_date
WHERE e.script_execution_hk IS NULL OR n.script_execution_hk IS NULL
UNION ALL
SELECT h.script_execution_hk, h.load_date, NULL, NULL
FROM script_tracking.script_execution_h AS h
WHERE h.load_date >= %(from)s AND NOT EXISTS (
    SELECT FROM script_tracking.script_execution_s AS s
    WHERE s.load_date = h.load_date AND s.script_execution_hk = h.script_execution_hk AND s.load_date >= %(from)s)
) AS f
ORDER BY f.load_date, f.key
LIMIT 1000
