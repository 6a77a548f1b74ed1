-- Which database a document is about, for whom it is written, and when.
SELECT pg_catalog.current_database()::pg_catalog.text AS database_name, session_user::pg_catalog.text AS login,
    pg_catalog.current_setting('server_version') AS server_version,
    CASE WHEN script_tracking.sees_all_tenants() THEN NULL
        ELSE (SELECT coalesce(pg_catalog.array_agg(t.tenant_bk::pg_catalog.text ORDER BY t.tenant_bk), '{}')
            FROM (SELECT h.tenant_bk FROM script_tracking.tenant_h AS h ORDER BY h.tenant_bk LIMIT 20) AS t) END AS tenants,
    pg_catalog.statement_timestamp() AS read_at
