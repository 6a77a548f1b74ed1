SELECT script_tracking.map_tenant_schema(schema_name => %(schema)s, tenant => %(tenant)s);
