-- The objects of which an execution recorded a version, as far as anything else tells, to name the one that is gone: those that the
-- execution names; of a run of maintain those that had their first version then. An object without any version has no name any more.
SELECT convert_to(n.name, %(encoding)s)
FROM (
    SELECT a.identity AS name
    FROM script_tracking.script_execution_h AS h
    JOIN script_tracking.script_execution_s AS s
        ON s.script_execution_hk = h.script_execution_hk AND s.load_date >= h.load_date AND s.load_end_date IS NULL
    CROSS JOIN LATERAL unnest(s.affected_objects) AS a (identity)
    WHERE h.script_execution_hk = %(key)s AND s.script_type <> 'MAINTENANCE'
    UNION ALL
    SELECT coalesce((SELECT o.object_identity FROM script_tracking.object_s AS o WHERE o.object_hk = b.object_hk
        ORDER BY o.load_date DESC LIMIT 1), b.object_bk)
    FROM script_tracking.script_execution_h AS h
    JOIN script_tracking.object_h AS b ON b.load_date = h.load_date
    WHERE h.script_execution_hk = %(key)s AND h.script_execution_bk LIKE 'dbtrack maintain@_%%' ESCAPE '@'
        AND NOT EXISTS (SELECT FROM script_tracking.object_s AS o WHERE o.object_hk = b.object_hk AND o.load_date = h.load_date)
) AS n
LIMIT 1000
