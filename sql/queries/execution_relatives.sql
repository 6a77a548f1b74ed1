-- What an execution ran inside of, and what ran inside it. A link that a session claimed counts as proven when the
-- child began while the parent ran, by the same login, and for the same tenant as far as both have one.
WITH link AS (
    SELECT 'child' AS relation, l.link_type, l.parent_execution_hk, l.child_execution_hk, l.child_execution_hk AS relative_hk
    FROM script_tracking.script_execution_parent_l AS l
    WHERE l.parent_execution_hk = %(execution_hk)s::bytea
    UNION ALL
    SELECT 'parent', l.link_type, l.parent_execution_hk, l.child_execution_hk, l.parent_execution_hk
    FROM script_tracking.script_execution_parent_l AS l
    WHERE l.child_execution_hk = %(execution_hk)s::bytea
),
related AS (
    SELECT l.relation, l.link_type, s.*
    FROM link AS l
    CROSS JOIN LATERAL script_tracking.get_execution_versions(l.relative_hk) AS s
    WHERE s.load_end_date IS NULL
)
SELECT
    r.relation,
    r.link_type,
    r.script_execution_hk,
    r.script_name,
    r.script_type,
    r.execution_status,
    r.execution_timestamp,
    r.execution_duration_ms,
    r.db_session_user,
    r.affected_objects,
    r.link_type = 'nested' OR (
        r.db_session_user = %(db_session_user)s::text
        AND coalesce(r.tenant_hk = %(tenant_hk)s::bytea, true)
        AND CASE r.relation
            WHEN 'child' THEN r.execution_timestamp BETWEEN %(started_at)s::timestamptz
                AND coalesce(%(ended_at)s::timestamptz, 'infinity')
            ELSE %(started_at)s::timestamptz BETWEEN r.execution_timestamp
                AND CASE WHEN r.execution_status = 'RUNNING' THEN 'infinity' ELSE r.load_date END
        END
    ) AS is_proven
FROM related AS r
ORDER BY r.relation, r.execution_timestamp, r.script_execution_hk
