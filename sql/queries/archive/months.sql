-- The months, in UTC, that contain rows older than the cutoff, or may contain them.
SELECT to_char(m.month, 'YYYY_MM'), m.month AT TIME ZONE 'UTC', (m.month + interval '1 month') AT TIME ZONE 'UTC'
FROM (SELECT min(s.load_date) AS load_date FROM script_tracking.script_execution_s AS s) AS s,
    (SELECT min(h.load_date) AS load_date FROM script_tracking.script_execution_h AS h) AS h,
    generate_series(date_trunc('month', least(s.load_date, h.load_date) AT TIME ZONE 'UTC'),
        %(cutoff)s::timestamptz AT TIME ZONE 'UTC', interval '1 month') AS m (month)
WHERE m.month AT TIME ZONE 'UTC' < %(cutoff)s::timestamptz
ORDER BY 1
