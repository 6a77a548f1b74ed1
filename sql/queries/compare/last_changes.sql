-- Who changed each of these objects last, as far as the record shows, and in which operation.
SELECT DISTINCT ON (o.identity) o.identity, s.db_session_user::text AS login, s.execution_timestamp AS changed_at,
    s.script_execution_hk AS execution_hk, p.script_name::text AS operation
FROM script_tracking.script_execution_s AS s
CROSS JOIN LATERAL unnest(s.affected_objects) AS o (identity)
JOIN unnest(%(identities)s::text[]) AS w (identity) ON w.identity = o.identity
LEFT JOIN LATERAL (
    SELECT v.script_name
    FROM script_tracking.script_execution_parent_l AS l
    JOIN script_tracking.script_execution_h AS h ON h.script_execution_hk = l.parent_execution_hk
    JOIN script_tracking.script_execution_s AS v
        ON v.load_date = h.load_date AND v.script_execution_hk = h.script_execution_hk
    WHERE l.child_execution_hk = s.script_execution_hk AND l.link_type = 'tracked'
    LIMIT 1
) AS p ON true
WHERE s.load_end_date IS NULL AND s.execution_status = 'COMPLETED'
ORDER BY o.identity, s.execution_timestamp DESC, s.version_number DESC
