-- Errors by cause. Who records only what psql printed knows no SQLSTATE: it is taken to be that of the others that say
-- the same, where these agree.
WITH failed AS (
    SELECT s.*,
        pg_catalog."substring"(s.metadata ->> 'sqlstate', '^[0-9A-Z]{5}$') AS own_sqlstate,
        coalesce(script_tracking.normalise_message(script_tracking.error_cause(s.error_message, s.metadata)),
            pg_catalog.lower(s.execution_status)) AS message,
        CASE
            WHEN s.metadata ->> 'signal' IS NOT NULL THEN s.metadata ->> 'signal'
            WHEN s.error_message LIKE 'exit code %%' THEN 'exit code ' || (s.metadata ->> 'exit_code')
        END AS ended_by,
        pg_catalog."left"(coalesce(s.sql_command, s.metadata ->> 'command'), 1000) AS statement,
        (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk) AS tenant
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL
        AND s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
        AND s.execution_timestamp >= coalesce(
            %(since)s::pg_catalog.timestamptz,
            coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
                - pg_catalog.make_interval(hours => %(hours)s::pg_catalog.int4))
        AND (%(until)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp < %(until)s::pg_catalog.timestamptz)
        AND (%(status)s::pg_catalog.text IS NULL OR s.execution_status = %(status)s::pg_catalog.text)
        AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
), caused AS (
    SELECT f.*, coalesce(f.own_sqlstate,
        CASE WHEN pg_catalog.min(f.own_sqlstate) OVER alike = pg_catalog.max(f.own_sqlstate) OVER alike
            THEN pg_catalog.min(f.own_sqlstate) OVER alike END) AS sqlstate
    FROM failed AS f
    WINDOW alike AS (PARTITION BY f.message, f.ended_by)
), cause AS (
    SELECT pg_catalog.count(*) AS occurrences, c.sqlstate, c.ended_by, c.message,
        pg_catalog.min(c.execution_timestamp) AS first_seen, pg_catalog.max(c.execution_timestamp) AS last_seen,
        (pg_catalog.array_agg(c.statement ORDER BY c.execution_timestamp DESC)
            FILTER (WHERE c.statement IS NOT NULL))[1] AS statement,
        (pg_catalog.array_agg(c.metadata ->> 'hint' ORDER BY c.execution_timestamp DESC)
            FILTER (WHERE c.metadata ->> 'hint' IS NOT NULL))[1] AS hint,
        (pg_catalog.array_agg(c.script_execution_hk ORDER BY c.execution_timestamp DESC, c.version_number DESC))[1]
            AS execution_key,
        (pg_catalog.array_agg(c.script_name ORDER BY c.execution_timestamp DESC, c.version_number DESC))[1] AS script_name,
        (pg_catalog.array_agg(DISTINCT c.db_session_user::pg_catalog.text))[1:20] AS users,
        coalesce((pg_catalog.array_agg(DISTINCT c.tenant::pg_catalog.text) FILTER (WHERE c.tenant IS NOT NULL))[1:20], '{}')
            AS tenants
    FROM caused AS c
    GROUP BY c.sqlstate, c.ended_by, c.message
    ORDER BY last_seen DESC, c.message
    LIMIT %(limit)s::pg_catalog.int8
)
SELECT c.occurrences, c.sqlstate, c.ended_by, c.message, c.first_seen, c.last_seen, c.statement, c.hint,
    c.execution_key, c.script_name, p.parent_key, p.parent_name, c.users, c.tenants
FROM cause AS c
LEFT JOIN LATERAL (
    SELECT l.parent_execution_hk AS parent_key, v.script_name AS parent_name
    FROM script_tracking.script_execution_parent_l AS l
    CROSS JOIN LATERAL script_tracking.get_execution_versions(l.parent_execution_hk) AS v
    WHERE l.child_execution_hk = c.execution_key AND v.load_end_date IS NULL
    ORDER BY l.load_date
    LIMIT 1
) AS p ON true
ORDER BY c.last_seen DESC, c.message
