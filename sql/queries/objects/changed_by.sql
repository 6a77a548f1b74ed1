-- The objects that an execution changed, itself and what ran inside it, and when the first and the last of these versions
-- were written: capture writes them at the moment of the execution's own row.
SELECT pg_catalog.array_agg(DISTINCT o.object_hk) AS objects, pg_catalog.min(o.load_date) AS since,
    pg_catalog.max(o.load_date) AS until
FROM (
    SELECT %(key)s::pg_catalog.bytea AS execution_key
    UNION ALL
    SELECT l.child_execution_hk
    FROM script_tracking.script_execution_parent_l AS l
    WHERE l.parent_execution_hk = %(key)s::pg_catalog.bytea
) AS e
CROSS JOIN LATERAL script_tracking.execution_versions(e.execution_key) AS v
JOIN script_tracking.object_s AS o ON o.load_date = v.load_date AND o.script_execution_hk = v.script_execution_hk
HAVING pg_catalog.count(*) > 0
