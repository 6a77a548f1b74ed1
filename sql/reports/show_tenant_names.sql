SELECT s.tenant_name, s.is_active, s.load_date, s.load_end_date, s.record_source
FROM script_tracking.tenant_s AS s
WHERE s.tenant_hk = %(tenant)s::pg_catalog.bytea
ORDER BY s.load_date
