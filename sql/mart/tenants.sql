-- The tenants, with their names.
CREATE OR REPLACE VIEW dbtrack_mart.tenants
WITH (security_invoker = true, security_barrier = true) AS
SELECT
    encode(h.tenant_hk, 'hex') AS tenant_key,
    h.tenant_bk::pg_catalog.text AS tenant,
    s.tenant_name::pg_catalog.text AS tenant_name,
    s.is_active,
    s.load_date
FROM script_tracking.tenant_h AS h
LEFT JOIN script_tracking.tenant_s AS s ON s.tenant_hk = h.tenant_hk AND s.load_end_date IS NULL;

COMMENT ON VIEW dbtrack_mart.tenants IS 'The tenants, with their names';
COMMENT ON COLUMN dbtrack_mart.tenants.tenant_key IS 'Key of the tenant, in hexadecimal';
COMMENT ON COLUMN dbtrack_mart.tenants.tenant IS 'Short name of the tenant';
COMMENT ON COLUMN dbtrack_mart.tenants.tenant_name IS 'Its name for people to read';
COMMENT ON COLUMN dbtrack_mart.tenants.is_active IS 'False: no new operations for the tenant';
COMMENT ON COLUMN dbtrack_mart.tenants.load_date IS 'When its name or state last changed';
