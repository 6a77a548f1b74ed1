SELECT h.health_category, h.health_metric, h.current_status, h.details, h.last_checked
FROM script_tracking.get_system_health(tenant_hk => %(tenant)s::pg_catalog.bytea) AS h
