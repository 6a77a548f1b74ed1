SELECT k.key_name, k.key_version, k.tenants, k.created_at, k.created_by::text, k.expires_at FROM script_tracking.list_tenant_keys() AS k;
