SELECT change, tenant_bk FROM script_tracking.sync_tenants(%(keys)s::pg_catalog.bytea[], %(names)s::pg_catalog.text[]);
