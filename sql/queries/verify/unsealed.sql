-- Rows that are not sealed, the earliest first, and how many there are: 'inserted' if the seals have passed their time or
-- they are dated in the future.
SELECT u.finding, u.kind, u.key, u.load_date, count(*) OVER (PARTITION BY u.finding) AS total
FROM (
    SELECT v.kind, v.key, least(greatest(v.load_date, '0002-01-01 00:00:00+00'), '9999-12-30 00:00:00+00') AS load_date,
        CASE WHEN v.load_date >= %(latest)s OR a.arrived_at > %(latest)s
                OR (v.load_date < %(sealed_before)s AND a.load_date IS NULL) THEN 'inserted'
            ELSE 'unsealed' END AS finding
    FROM (
        SELECT 'version' AS kind, s.script_execution_hk AS key, s.load_date
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= %(from)s AND (s.load_date < greatest(%(overdue)s, %(sealed_before)s) OR s.load_date >= %(latest)s)
        UNION ALL
        SELECT 'link', p.script_execution_parent_hk, p.load_date
        FROM script_tracking.script_execution_parent_l AS p
        WHERE p.load_date >= %(from)s AND (p.load_date < greatest(%(overdue)s, %(sealed_before)s) OR p.load_date >= %(latest)s)
    ) AS v
    LEFT JOIN script_tracking.late_arrival AS a ON a.load_date = v.load_date AND a.record_hk = v.key
    -- A row that has just arrived waits for its seal; but not one that comes from the future, or says that it arrived there.
    WHERE (a.arrived_at IS NULL OR a.arrived_at < %(overdue)s OR a.arrived_at > %(latest)s OR v.load_date >= %(latest)s)
        AND NOT EXISTS (
            SELECT FROM script_tracking.seal_leaf AS l
            WHERE l.load_date = v.load_date AND l.record_hk = v.key AND l.leaf_kind = v.kind)
) AS u
ORDER BY u.load_date, u.key
LIMIT 1000
