-- Records operations that have ended, in one call.
SELECT script_tracking.record_operations(
    operations => %(operations)s::jsonb,
    tenant_hk => script_tracking.resolve_tenant(%(tenant)s::text),
    writer => %(writer)s::varchar
)
