SELECT h.tenant_bk AS tenant, s.tenant_name, s.is_active, h.tenant_hk, h.load_date AS added_at, h.record_source,
    m.roles, m.schemas
FROM script_tracking.tenant_h AS h
LEFT JOIN script_tracking.tenant_s AS s ON s.tenant_hk = h.tenant_hk AND s.load_end_date IS NULL
LEFT JOIN script_tracking.get_tenant_members() AS m ON m.tenant_hk = h.tenant_hk
WHERE h.tenant_hk = %(tenant)s::pg_catalog.bytea
