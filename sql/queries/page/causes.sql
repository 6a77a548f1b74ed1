-- The causes of what failed in the last 24 hours, the latest first, as the report `errors` has them; and for each the
-- real message of the latest execution, and whether every operation that failed by it succeeded later. DDL that stands
-- alone is never taken as repaired: another ALTER TABLE says nothing about it.
WITH cause AS MATERIALIZED (
    SELECT e.*, pg_catalog.row_number() OVER (ORDER BY e.last_seen DESC, e.message) AS position
    FROM script_tracking.get_error_causes(hours => 24) AS e
), latest AS MATERIALIZED (
    SELECT f.*
    FROM script_tracking.failed_execution AS f
    WHERE f.execution_timestamp >= pg_catalog.date_trunc('minute', pg_catalog.statement_timestamp() - pg_catalog."interval" '24 hours', 'UTC')
        AND f.load_date >= pg_catalog.statement_timestamp() - pg_catalog."interval" '2 days'
    ORDER BY f.execution_timestamp DESC
    LIMIT 200
), operation AS MATERIALIZED (
    -- What a person would run again: the operation itself, or that inside which it failed.
    SELECT f.message, f.ended_by, f.execution_timestamp, o.script_name, o.tenant_hk
    FROM latest AS f
    CROSS JOIN LATERAL (
        SELECT v.script_name, v.tenant_hk, v.script_type
        FROM script_tracking.execution_versions(coalesce(
            (SELECT l.parent_execution_hk FROM script_tracking.script_execution_parent_l AS l
             WHERE l.child_execution_hk = f.script_execution_hk ORDER BY l.load_date LIMIT 1), f.script_execution_hk)) AS v
        WHERE v.load_end_date IS NULL
    ) AS o
    WHERE o.script_type NOT IN ('DDL_AUTO', 'DDL_LOG')
), success AS (
    SELECT s.script_name, s.tenant_hk, pg_catalog.max(s.execution_timestamp) AS last_success
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL AND s.execution_status = 'COMPLETED'
        AND s.execution_timestamp >= (SELECT pg_catalog.min(o.execution_timestamp) FROM operation AS o)
        AND s.load_date >= pg_catalog.statement_timestamp() - pg_catalog."interval" '2 days'
        AND s.script_name IN (SELECT o.script_name FROM operation AS o)
    GROUP BY s.script_name, s.tenant_hk
), repaired AS (
    SELECT o.message, o.ended_by, pg_catalog.count(*) AS occurrences, pg_catalog.max(u.last_success) AS repaired_at
    FROM operation AS o
    JOIN success AS u ON u.script_name = o.script_name AND u.tenant_hk IS NOT DISTINCT FROM o.tenant_hk
        AND u.last_success > o.execution_timestamp
    GROUP BY o.message, o.ended_by
), judged AS (
    SELECT c.*, r.repaired_at
    FROM cause AS c
    LEFT JOIN repaired AS r ON r.message = c.message AND r.ended_by IS NOT DISTINCT FROM c.ended_by
        AND r.occurrences >= c.occurrences
)
SELECT j.occurrences, j.sqlstate, coalesce(x.error, j.message) AS error, j.last_seen, j.execution_key, j.script_name,
    j.parent_key, j.parent_name, j.users, j.tenants, x.affected_objects, j.repaired_at,
    pg_catalog.count(*) FILTER (WHERE j.repaired_at IS NULL) OVER () AS open_causes,
    pg_catalog.sum(j.occurrences) FILTER (WHERE j.repaired_at IS NULL) OVER () AS open_failures,
    pg_catalog.count(*) OVER () AS all_causes, pg_catalog.sum(j.occurrences) OVER () AS all_failures
FROM judged AS j
LEFT JOIN LATERAL (
    SELECT pg_catalog."left"(script_tracking.error_cause(v.error_message, v.metadata), 400) AS error,
        v.affected_objects[1:2] AS affected_objects
    FROM script_tracking.execution_versions(j.execution_key) AS v
    WHERE v.load_end_date IS NULL
) AS x ON j.position <= 40
ORDER BY j.repaired_at IS NOT NULL, j.last_seen DESC, j.message
LIMIT 16
