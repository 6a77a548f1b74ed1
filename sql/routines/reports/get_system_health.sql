-- Reports whether dbtrack works as it should, finding by finding: capture, operations, storage, reports, version. Reads
-- only what every reader of dbtrack may read, and works on a standby. A finding that the role may not see is UNKNOWN.
CREATE OR REPLACE FUNCTION script_tracking.get_system_health(tenant_hk pg_catalog.bytea DEFAULT NULL)
RETURNS TABLE (
    health_category pg_catalog.text,
    health_metric pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text,
    last_checked pg_catalog.timestamptz
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT script_tracking.record_access('health', encode(get_system_health.tenant_hk, 'hex'), NULL, true);
    SELECT f.health_category, f.health_metric, f.current_status, f.details, statement_timestamp()
    FROM (
        SELECT 1 AS part, c.* FROM script_tracking.get_capture_health() AS c
        UNION ALL
        SELECT 2, o.* FROM script_tracking.get_operation_health(get_system_health.tenant_hk) AS o
        UNION ALL
        SELECT 3, s.* FROM script_tracking.get_storage_health() AS s
        UNION ALL
        SELECT 3, 'storage', 'tracking_size', 'OK', pg_size_pretty(script_tracking.get_storage_size())
        UNION ALL
        SELECT 4, r.* FROM script_tracking.get_rollup_health() AS r
        UNION ALL
        SELECT 4, e.* FROM script_tracking.get_seal_health() AS e
        UNION ALL
        SELECT 4, v.* FROM script_tracking.get_review_health(get_system_health.tenant_hk) AS v
        UNION ALL
        SELECT 5, p.* FROM script_tracking.get_endpoint_health() AS p
        UNION ALL
        -- They are of all tenants of their source.
        SELECT 5, a.* FROM script_tracking.get_vault_health() AS a WHERE get_system_health.tenant_hk IS NULL
        UNION ALL
        SELECT 5, s.* FROM script_tracking.get_replication_health() AS s WHERE get_system_health.tenant_hk IS NULL
        UNION ALL
        SELECT 6, 'server', 'version', 'OK', format('PostgreSQL %s, %s', current_setting('server_version'),
            CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'primary' END)
    ) AS f
    ORDER BY f.part
$function$;

COMMENT ON FUNCTION script_tracking.get_system_health(pg_catalog.bytea) IS
    'Whether capture, operations and storage are as they should be: OK, WARNING, CRITICAL, or UNKNOWN';
