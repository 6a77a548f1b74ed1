-- Roles and schemas are in tables that administrators read; a reader sees only the tenants.
SELECT h.tenant_bk, s.tenant_name, m.roles, m.schemas, h.tenant_hk, s.is_active
FROM script_tracking.tenant_h AS h
LEFT JOIN script_tracking.tenant_s AS s ON s.tenant_hk = h.tenant_hk AND s.load_end_date IS NULL
LEFT JOIN script_tracking.get_tenant_members() AS m ON m.tenant_hk = h.tenant_hk
ORDER BY h.tenant_bk;
