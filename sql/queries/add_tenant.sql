SELECT script_tracking.add_tenant(tenant_bk => %(tenant)s, tenant_name => %(name)s);
