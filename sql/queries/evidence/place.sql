-- Which database evidence is drawn from, by whom, and what its login sees.
SELECT pg_catalog.current_database()::pg_catalog.text AS database_name, session_user::pg_catalog.text AS login,
    pg_catalog.current_setting('server_version') AS server_version,
    CASE WHEN script_tracking.sees_all_tenants() THEN NULL
        ELSE (SELECT coalesce(pg_catalog.array_agg(t.tenant_bk::pg_catalog.text ORDER BY t.tenant_bk), '{}')
            FROM script_tracking.tenant_h AS t) END AS tenants,
    pg_catalog.statement_timestamp() AS drawn_at,
    -- As may_see_leaves.sql.
    pg_catalog.has_table_privilege('script_tracking.seal_block', 'SELECT')
        AND (script_tracking.auditor_end() = 'infinity' OR script_tracking.auditor_sees_all()) AS may_see_seals
