-- The last verification that found the record altered, and whether anything is sealed. Only failures leave a notice.
SELECT n.load_date, n.notice_data ->> 'count' AS findings,
    EXISTS (SELECT FROM script_tracking.seal_state) AS has_seals
FROM (VALUES (true)) AS t (is_only)
LEFT JOIN LATERAL (
    SELECT e.load_date, e.notice_data FROM script_tracking.notice AS e
    WHERE e.notice_type = 'verification.failed' AND e.load_date > pg_catalog.statement_timestamp() - pg_catalog."interval" '30 days'
    ORDER BY e.load_date DESC LIMIT 1
) AS n ON true
