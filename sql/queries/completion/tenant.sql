-- The tenants that the login sees.
SELECT t.tenant_bk::text, coalesce(s.tenant_name, '')::text
FROM script_tracking.tenant_h AS t
LEFT JOIN script_tracking.tenant_s AS s ON s.tenant_hk = t.tenant_hk AND s.load_end_date IS NULL
ORDER BY 1
LIMIT 2000;
