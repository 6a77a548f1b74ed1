-- The causes of what failed in the last 24 hours, the latest first, as the report `errors` has them; and for each what is
-- still open: failures of operations that did not succeed later. DDL that stands alone is never taken as repaired:
-- another ALTER TABLE says nothing about it. Of more than 200 failures, the latest 200 are looked at.
WITH cause AS MATERIALIZED (
    SELECT e.*
    FROM script_tracking.get_error_causes(hours => 24, tenant_hk => %(tenant)s::pg_catalog.bytea) AS e
), latest AS MATERIALIZED (
    SELECT f.*
    FROM script_tracking.failed_execution AS f
    WHERE f.execution_timestamp >= pg_catalog.date_trunc('minute',
            pg_catalog.statement_timestamp() - pg_catalog."interval" '24 hours', 'UTC')
        AND f.load_date >= pg_catalog.statement_timestamp() - pg_catalog."interval" '2 days'
        AND (%(tenant)s::pg_catalog.bytea IS NULL OR f.tenant_hk = %(tenant)s::pg_catalog.bytea)
    ORDER BY f.execution_timestamp DESC
    LIMIT 200
), operation AS MATERIALIZED (
    -- What a person would run again: the operation itself, or that inside which it failed.
    SELECT f.message, f.ended_by, f.execution_timestamp, f.script_execution_hk, o.script_name,
        o.tenant_hk, o.script_type NOT IN ('DDL_AUTO', 'DDL_LOG') AS is_repeatable
    FROM latest AS f
    CROSS JOIN LATERAL (
        SELECT v.script_name, v.tenant_hk, v.script_type
        FROM script_tracking.execution_versions(coalesce(
            (SELECT l.parent_execution_hk FROM script_tracking.script_execution_parent_l AS l
             WHERE l.child_execution_hk = f.script_execution_hk ORDER BY l.load_date LIMIT 1), f.script_execution_hk)) AS v
        WHERE v.load_end_date IS NULL
    ) AS o
), success AS MATERIALIZED (
    SELECT s.script_name, s.tenant_hk, pg_catalog.max(s.execution_timestamp) AS last_success
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL AND s.execution_status = 'COMPLETED'
        AND s.execution_timestamp >= (SELECT pg_catalog.min(o.execution_timestamp) FROM operation AS o WHERE o.is_repeatable)
        AND s.load_date >= pg_catalog.statement_timestamp() - pg_catalog."interval" '2 days'
        AND s.script_name IN (SELECT o.script_name FROM operation AS o WHERE o.is_repeatable)
    GROUP BY s.script_name, s.tenant_hk
), judged AS (
    SELECT o.message, o.ended_by,
        pg_catalog.count(u.last_success) AS repaired, pg_catalog.max(u.last_success) AS repaired_at,
        (pg_catalog.array_agg(o.script_execution_hk ORDER BY o.execution_timestamp DESC)
            FILTER (WHERE u.last_success IS NULL))[1] AS open_key,
        pg_catalog.max(o.execution_timestamp) FILTER (WHERE u.last_success IS NULL) AS open_seen
    FROM operation AS o
    LEFT JOIN success AS u ON o.is_repeatable AND u.script_name = o.script_name
        AND u.tenant_hk IS NOT DISTINCT FROM o.tenant_hk AND u.last_success > o.execution_timestamp
    GROUP BY o.message, o.ended_by
), listed AS (
    SELECT c.sqlstate, c.message, c.users, c.tenants, c.occurrences AS all_occurrences,
        greatest(c.occurrences - coalesce(j.repaired, 0), 0) AS occurrences,
        coalesce(j.open_seen, c.last_seen) AS last_seen, coalesce(j.open_key, c.execution_key) AS execution_key,
        j.repaired_at
    FROM cause AS c
    LEFT JOIN judged AS j ON j.message = c.message AND j.ended_by IS NOT DISTINCT FROM c.ended_by
), counted AS (
    SELECT l.*, pg_catalog.count(*) FILTER (WHERE l.occurrences > 0) OVER () AS open_causes,
        pg_catalog.sum(l.occurrences) OVER () AS open_failures, pg_catalog.count(*) OVER () AS all_causes,
        pg_catalog.sum(l.all_occurrences) OVER () AS all_failures
    FROM listed AS l
    ORDER BY l.occurrences = 0, l.last_seen DESC, l.message
    LIMIT 12
)
SELECT CASE WHEN c.occurrences > 0 THEN c.occurrences ELSE c.all_occurrences END AS occurrences, c.sqlstate,
    coalesce(x.error, c.message) AS error, c.last_seen, c.execution_key, x.script_name, p.parent_key, p.parent_name, c.users,
    c.tenants, x.affected_objects, CASE WHEN c.occurrences = 0 THEN c.repaired_at END AS repaired_at, c.open_causes,
    c.open_failures, c.all_causes, c.all_failures
FROM counted AS c
CROSS JOIN LATERAL (
    SELECT v.script_name, pg_catalog."left"(script_tracking.error_cause(v.error_message, v.metadata), 400) AS error,
        v.affected_objects[1:2] AS affected_objects
    FROM script_tracking.execution_versions(c.execution_key) AS v
    WHERE v.load_end_date IS NULL
) AS x
LEFT JOIN LATERAL (
    SELECT l.parent_execution_hk AS parent_key, v.script_name AS parent_name
    FROM script_tracking.script_execution_parent_l AS l
    CROSS JOIN LATERAL script_tracking.execution_versions(l.parent_execution_hk) AS v
    WHERE l.child_execution_hk = c.execution_key AND v.load_end_date IS NULL
    ORDER BY l.load_date
    LIMIT 1
) AS p ON true
ORDER BY c.occurrences = 0, c.last_seen DESC, c.message
