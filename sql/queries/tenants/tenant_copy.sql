-- dbtrack's copy of the tenants, and which of them a synchronisation found missing in the platform's hub.
SELECT h.tenant_hk, h.tenant_bk, s.is_active, NOT s.is_active AND starts_with(s.record_source, 'sync_tenants@') AS is_gone
FROM script_tracking.tenant_h AS h
JOIN script_tracking.tenant_s AS s ON s.tenant_hk = h.tenant_hk AND s.load_end_date IS NULL;
