-- What runs now, the oldest first: operations, each with the sessions of its command, by the name that dbtrack track gives
-- them; and sessions that run DDL outside of an operation. How long is usual is the 95th percentile of the last 200
-- successes of the same name in 90 days. pg_stat_activity hides from a login what it may not see.
WITH operation AS MATERIALIZED (
    SELECT s.script_execution_hk, s.script_name, s.execution_timestamp, s.db_session_user::pg_catalog.text AS login, s.tenant_hk,
        s.metadata ->> 'ticket' AS ticket,
        CASE WHEN s.metadata ->> 'backend_pid' ~ '^[0-9]{1,9}$' THEN (s.metadata ->> 'backend_pid')::pg_catalog.int4 END AS pid,
        script_tracking.wrapped_application_name(s.script_name) AS application_name
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL AND s.execution_status = 'RUNNING'
        AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
    ORDER BY s.execution_timestamp, s.version_number
    LIMIT 50
), session AS MATERIALIZED (
    SELECT a.pid, a.usename::pg_catalog.text AS usename, a.application_name, a.query, a.query_start,
        a.wait_event_type = 'Lock' AS is_waiting,
        (a.state = 'active' AND a.query COLLATE "C" ~* (
            '^\s*(create|alter|drop|grant|revoke|comment|truncate|cluster|reindex|refresh|reassign'
            '|vacuum\s*\(?\s*full|security)\M')) AS is_ddl
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
        AND a.backend_type = 'client backend' AND a.state IS DISTINCT FROM 'idle'
), shown AS (
    SELECT o.script_execution_hk, o.script_name, o.execution_timestamp, o.login, o.tenant_hk, o.ticket, c.pid, c.query, c.is_waiting
    FROM operation AS o
    LEFT JOIN session AS c ON c.usename = o.login AND (c.application_name = o.application_name OR c.pid = o.pid)
    UNION ALL
    SELECT NULL, NULL, c.query_start, c.usename, NULL, NULL, c.pid, c.query, c.is_waiting
    FROM session AS c
    WHERE c.is_ddl AND %(tenant)s::pg_catalog.bytea IS NULL
        AND (c.usename = session_user OR script_tracking.sees_all_tenants())
        AND NOT EXISTS (SELECT FROM operation AS o
            WHERE c.usename = o.login AND (c.application_name = o.application_name OR c.pid = o.pid))
)
SELECT r.script_execution_hk AS execution_key, r.script_name, r.execution_timestamp, r.login,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = r.tenant_hk) AS tenant, r.ticket,
    (extract(epoch FROM pg_catalog.clock_timestamp() - r.execution_timestamp) * 1000)::pg_catalog.float8 AS elapsed_ms,
    (SELECT pg_catalog.percentile_cont(0.95) WITHIN GROUP (ORDER BY u.execution_duration_ms) FROM (
        SELECT s.execution_duration_ms FROM script_tracking.script_execution_s AS s
        WHERE s.script_name = r.script_name AND s.load_end_date IS NULL AND s.execution_status = 'COMPLETED'
            AND s.script_type NOT IN ('DDL_AUTO', 'DDL_LOG') AND s.tenant_hk IS NOT DISTINCT FROM r.tenant_hk
            AND s.execution_timestamp > pg_catalog.statement_timestamp() - pg_catalog."interval" '90 days'
            AND s.load_date > pg_catalog.statement_timestamp() - pg_catalog."interval" '91 days'
        ORDER BY s.execution_timestamp DESC LIMIT 200) AS u) AS usual_ms,
    r.pid, r.query, w.lock_mode, w.object_identity, w.waited_ms, w.holders
FROM shown AS r
LEFT JOIN LATERAL (
    SELECT l.mode AS lock_mode,
        CASE WHEN c.oid IS NOT NULL THEN pg_catalog.format('%%I.%%I', c.relnamespace::pg_catalog.regnamespace::pg_catalog.text, c.relname)
            ELSE l.locktype || coalesce(' ' || l.transactionid::pg_catalog.text, '') END AS object_identity,
        (extract(epoch FROM pg_catalog.clock_timestamp() - l.waitstart) * 1000)::pg_catalog.float8 AS waited_ms,
        (SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object('pid', b.pid,
                'login', h.usename, 'application', nullif(h.application_name, ''), 'state', h.state,
                'statement', pg_catalog."left"(h.query, 500), 'transaction_start', h.xact_start)))
            FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(r.pid)) AS b (pid)
            LEFT JOIN pg_catalog.pg_stat_activity AS h ON h.pid = b.pid) AS holders
    FROM pg_catalog.pg_locks AS l
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
    WHERE l.pid = r.pid AND NOT l.granted
    LIMIT 1
) AS w ON r.is_waiting
ORDER BY r.execution_timestamp, r.pid
