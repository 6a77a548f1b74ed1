SELECT script_tracking.grant_tenant(role_name => %(role)s, tenant => %(tenant)s, is_default => %(is_default)s);
