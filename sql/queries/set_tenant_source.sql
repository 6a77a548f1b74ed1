SELECT script_tracking.set_tenant_source(source => %(source)s);
