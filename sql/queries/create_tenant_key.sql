SELECT script_tracking.create_tenant_key(
    key_name => %(key_name)s::text,
    tenants => %(tenants)s::text[],
    is_rotation => %(is_rotation)s,
    overlap_hours => %(overlap_hours)s::integer);
