SELECT script_tracking.clear_default_tenant(role_name => %(role)s);
