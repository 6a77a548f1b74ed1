SELECT script_tracking.set_tenant_active(tenant => %(tenant)s, is_active => %(is_active)s);
