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
    SELECT l.relation, l.link_type, h.script_execution_hk, h.tenant_hk, s.*
    FROM link AS l
    JOIN script_tracking.script_execution_h AS h ON h.script_execution_hk = l.relative_hk
    CROSS JOIN LATERAL (
        WITH RECURSIVE version AS (
            SELECT v.load_date, v.load_end_date, v.script_name, v.script_type, v.execution_status,
                v.execution_timestamp, v.execution_duration_ms, v.db_session_user, v.affected_objects
            FROM script_tracking.script_execution_s AS v
            WHERE v.load_date = h.load_date AND v.script_execution_hk = h.script_execution_hk
            UNION ALL
            SELECT n.load_date, n.load_end_date, n.script_name, n.script_type, n.execution_status,
                n.execution_timestamp, n.execution_duration_ms, n.db_session_user, n.affected_objects
            FROM version AS v
            JOIN script_tracking.script_execution_s AS n
                ON n.load_date = v.load_end_date AND n.script_execution_hk = h.script_execution_hk
        )
        SELECT * FROM version WHERE version.load_end_date IS NULL
    ) AS s
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
