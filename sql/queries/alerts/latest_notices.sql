-- The latest notices of an alert, of the last 90 days.
SELECT n.load_date AS recorded_at, n.notice_type,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = n.tenant_hk) AS tenant,
    (n.notice_data ->> 'count')::pg_catalog.int8 AS match_count, n.notice_data ->> 'summary' AS summary,
    n.notice_data ->> 'next_step' AS next_step, n.notice_data AS details
FROM script_tracking.notice AS n
WHERE n.subject = %(name)s::pg_catalog.text AND n.notice_type IN ('alert.fired', 'alert.resolved')
    AND n.load_date > pg_catalog.statement_timestamp() - pg_catalog."interval" '90 days'
ORDER BY n.load_date DESC
LIMIT 20
