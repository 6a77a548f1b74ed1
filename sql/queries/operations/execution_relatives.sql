-- The executions inside which an execution ran, those that ran inside it, and whether the records confirm each link.
WITH link AS (
    SELECT 'child' AS relation, l.link_type, l.child_execution_hk AS relative_hk
    FROM script_tracking.script_execution_parent_l AS l
    WHERE l.parent_execution_hk = %(execution_hk)s::bytea
    UNION ALL
    SELECT 'parent', l.link_type, l.parent_execution_hk
    FROM script_tracking.script_execution_parent_l AS l
    WHERE l.child_execution_hk = %(execution_hk)s::bytea
)
SELECT
    l.relation,
    l.link_type,
    r.script_execution_hk,
    r.script_name,
    r.script_type,
    r.execution_status,
    r.execution_timestamp,
    r.execution_duration_ms,
    r.db_session_user,
    r.affected_objects,
    CASE l.relation WHEN 'child' THEN script_tracking.is_proven_link(l.link_type, e, r)
        ELSE script_tracking.is_proven_link(l.link_type, r, e) END AS is_proven
FROM link AS l
CROSS JOIN script_tracking.execution_versions(%(execution_hk)s::bytea) AS e
CROSS JOIN LATERAL script_tracking.execution_versions(l.relative_hk) AS r
WHERE e.load_end_date IS NULL AND r.load_end_date IS NULL
ORDER BY l.relation, r.execution_timestamp, r.script_execution_hk
