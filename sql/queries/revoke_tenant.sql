SELECT script_tracking.revoke_tenant(role_name => %(role)s, tenant => %(tenant)s);
