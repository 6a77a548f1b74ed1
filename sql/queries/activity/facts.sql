-- The server, and whether everything is recorded: the last line of dbtrack top.
SELECT pg_catalog.current_setting('server_version') AS server_version, pg_catalog.pg_is_in_recovery() AS is_standby,
    pg_catalog.current_database() AS database_name, pg_catalog.host(pg_catalog.inet_server_addr()) AS host,
    coalesce(pg_catalog.inet_server_port(), pg_catalog.current_setting('port')::pg_catalog.int4) AS port,
    (SELECT CASE WHEN pg_catalog.bool_or(c.current_status = 'CRITICAL') THEN 'CRITICAL'
        WHEN pg_catalog.bool_or(c.current_status = 'WARNING') THEN 'WARNING' ELSE 'OK' END
     FROM script_tracking.get_capture_health() AS c) AS capture_status,
    (SELECT extract(epoch FROM r.lag)::pg_catalog.float8 FROM script_tracking.get_rollup_lag() AS r) AS rollup_seconds,
    NOT script_tracking.sees_all_tenants() AND script_tracking.caller_tenants() = '{}' AS sees_nothing
