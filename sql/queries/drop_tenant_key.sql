SELECT script_tracking.drop_tenant_key(key_name => %(key_name)s);
