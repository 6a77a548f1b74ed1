-- The leaves of an execution: its versions, each of which begins where the one before ends, and its links.
WITH RECURSIVE version AS (
    SELECT s.load_date, s.load_end_date
    FROM script_tracking.script_execution_h AS h
    JOIN script_tracking.script_execution_s AS s
        ON s.load_date = h.load_date AND s.script_execution_hk = h.script_execution_hk
    WHERE h.script_execution_hk = %(key)s
    UNION ALL
    SELECT s.load_date, s.load_end_date
    FROM version AS v
    JOIN script_tracking.script_execution_s AS s
        ON s.load_date = v.load_end_date AND s.script_execution_hk = %(key)s
), record AS (
    SELECT v.load_date, %(key)s::pg_catalog.bytea AS record_hk FROM version AS v
    UNION ALL
    SELECT p.load_date, p.script_execution_parent_hk
    FROM script_tracking.script_execution_parent_l AS p
    WHERE p.child_execution_hk = %(key)s OR p.parent_execution_hk = %(key)s
)
SELECT r.load_date, r.record_hk, l.block_number, l.leaf_index
FROM record AS r
LEFT JOIN script_tracking.seal_leaf AS l ON l.load_date = r.load_date AND l.record_hk = r.record_hk
ORDER BY r.load_date, r.record_hk
