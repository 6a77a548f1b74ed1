SELECT script_tracking.rename_tenant(tenant => %(tenant)s, tenant_name => %(name)s);
