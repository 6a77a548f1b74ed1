-- Which database this is, and whose eyes see it.
SELECT pg_catalog.current_database() AS database_name, pg_catalog.current_setting('server_version') AS server_version,
    pg_catalog.pg_is_in_recovery() AS is_standby, pg_catalog.inet_server_port() AS port,
    session_user::pg_catalog.text AS login, script_tracking.sees_all_tenants() AS sees_all,
    -- Rows of one tenant alone where the transaction proved one.
    (SELECT pg_catalog.array_agg(t.tenant_bk::pg_catalog.text ORDER BY t.tenant_bk)
     FROM (SELECT h.tenant_bk FROM script_tracking.tenant_h AS h ORDER BY h.tenant_bk LIMIT 100) AS t) AS tenants,
    pg_catalog.statement_timestamp() AS read_at
