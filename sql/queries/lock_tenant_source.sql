SELECT script_tracking.lock_tenant_source();
