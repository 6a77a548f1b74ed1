SELECT v.kind, v.key, v.load_date
FROM (
    SELECT 'version' AS kind, s.script_execution_hk AS key, s.load_date
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_date >= %(from)s AND s.load_date < %(before)s
    UNION ALL
    SELECT 'link', p.script_execution_parent_hk, p.load_date
    FROM script_tracking.script_execution_parent_l AS p
    WHERE p.load_date >= %(from)s AND p.load_date < %(before)s
) AS v
WHERE NOT EXISTS (
    SELECT FROM script_tracking.seal_leaf AS l
    WHERE l.load_date = v.load_date AND l.record_hk = v.key AND l.leaf_kind = v.kind)
ORDER BY v.load_date, v.key
LIMIT 1000
