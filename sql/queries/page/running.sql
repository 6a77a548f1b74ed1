-- What runs now, the oldest first, and whether it waits for a lock. Sessions belong to an operation if they are those of
-- its command, by the name that dbtrack track gives them. Who holds the lock may be another tenant's login: that is for
-- those who see all tenants.
WITH running AS MATERIALIZED (
    SELECT s.script_execution_hk, s.script_name, s.script_type, s.execution_timestamp, s.db_session_user, s.tenant_hk,
        s.metadata ->> 'ticket' AS ticket, pg_catalog."left"(coalesce(s.sql_command, s.metadata ->> 'command'), 1000) AS statement,
        CASE WHEN s.metadata ->> 'backend_pid' ~ '^[0-9]{1,9}$' THEN (s.metadata ->> 'backend_pid')::pg_catalog.int4 END AS pid,
        pg_catalog.count(*) OVER () AS total
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL AND s.execution_status = 'RUNNING'
    ORDER BY s.execution_timestamp, s.version_number
    LIMIT 8
)
SELECT r.script_execution_hk AS execution_key, r.script_name, r.script_type, r.execution_timestamp, r.db_session_user,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = r.tenant_hk) AS tenant,
    r.ticket, r.statement, r.total, w.waits_for, w.holder
FROM running AS r
LEFT JOIN LATERAL (
    SELECT a.wait_event AS waits_for,
        CASE WHEN script_tracking.sees_all_tenants() THEN
            (SELECT pg_catalog.format('%%s (pid %%s, %%s)', b.usename, b.pid, b.state)
             FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(a.pid)) AS p (pid)
             JOIN pg_catalog.pg_stat_activity AS b ON b.pid = p.pid LIMIT 1) END AS holder
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.datname = pg_catalog.current_database() AND a.wait_event_type = 'Lock'
        AND (a.pid = r.pid OR (a.usename = r.db_session_user AND a.application_name = pg_catalog."left"(
            'dbtrack:' || pg_catalog.regexp_replace(r.script_name COLLATE "C", '[^ -~]', '?', 'g'), 63)))
    ORDER BY a.query_start LIMIT 1
) AS w ON true
ORDER BY r.execution_timestamp
