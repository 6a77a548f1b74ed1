-- The busiest objects and logins of seven days, by half-days, from at most so many of the latest executions: there are no
-- rollups by object or login, and a page must not read millions of rows. part is 'object', 'login' or 'whole'; whole has
-- how many executions were read and since when.
WITH recent AS MATERIALIZED (
    SELECT s.execution_timestamp, s.db_session_user, s.affected_objects,
        s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
            AND (s.script_type <> 'DDL_LOG' OR NOT s.metadata ? 'counted_with') AS has_failed,
        pg_catalog.floor(pg_catalog.date_part('epoch', pg_catalog.statement_timestamp() - s.execution_timestamp)
            / 43200)::pg_catalog.int4 AS half_days_ago,
        s.execution_timestamp >= pg_catalog.statement_timestamp() - pg_catalog."interval" '24 hours' AS is_today
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL
        AND s.execution_timestamp >= pg_catalog.statement_timestamp() - pg_catalog."interval" '7 days'
        AND s.execution_timestamp <= pg_catalog.statement_timestamp()
        AND s.load_date >= pg_catalog.statement_timestamp() - pg_catalog."interval" '8 days'
        AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
    ORDER BY s.execution_timestamp DESC
    LIMIT %(most)s::pg_catalog.int8
), object AS (
    SELECT t.name, t.half_days_ago, pg_catalog.count(*) AS executions, pg_catalog.count(*) FILTER (WHERE t.has_failed) AS failures
    FROM (SELECT pg_catalog.unnest(r.affected_objects) AS name, r.half_days_ago, r.has_failed FROM recent AS r) AS t
    GROUP BY t.name, t.half_days_ago
), object_total AS (
    SELECT o.name, pg_catalog.sum(o.executions) AS executions, pg_catalog.sum(o.failures) AS failures,
        pg_catalog.jsonb_object_agg(o.half_days_ago, o.executions) AS by_half_day, pg_catalog.count(*) OVER () AS others
    FROM object AS o
    GROUP BY o.name
    ORDER BY executions DESC, o.name
    LIMIT 5
), login AS (
    SELECT r.db_session_user AS name, r.half_days_ago, pg_catalog.count(*) AS all_executions,
        pg_catalog.count(*) FILTER (WHERE r.has_failed) AS all_failures,
        pg_catalog.count(*) FILTER (WHERE r.is_today) AS executions,
        pg_catalog.count(*) FILTER (WHERE r.is_today AND r.has_failed) AS failures
    FROM recent AS r
    GROUP BY r.db_session_user, r.half_days_ago
), login_total AS (
    SELECT l.name, pg_catalog.sum(l.executions) AS executions, pg_catalog.sum(l.failures) AS failures,
        pg_catalog.jsonb_object_agg(l.half_days_ago, l.all_executions) AS by_half_day,
        pg_catalog.jsonb_object_agg(l.half_days_ago, l.all_failures) AS failures_by_half_day,
        pg_catalog.count(*) OVER () AS others
    FROM login AS l
    GROUP BY l.name
    HAVING pg_catalog.sum(l.executions) > 0
    ORDER BY executions DESC, l.name
    LIMIT 8
)
SELECT 'object' AS part, o.name, o.executions, o.failures, o.by_half_day,
    NULL::pg_catalog.jsonb AS failures_by_half_day, o.others, NULL::pg_catalog.timestamptz AS since
FROM object_total AS o
UNION ALL
SELECT 'login', l.name, l.executions, l.failures, l.by_half_day, l.failures_by_half_day, l.others, NULL FROM login_total AS l
UNION ALL
SELECT 'whole', NULL, pg_catalog.count(*), NULL, NULL, NULL, NULL, pg_catalog.min(r.execution_timestamp) FROM recent AS r
