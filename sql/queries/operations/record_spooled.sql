-- Records one operation of the spool: true if this call did it, false if it was recorded already.
SELECT script_tracking.record_spooled(
    p_spool_id => %(spool_id)s::uuid,
    p_operation => %(operation)s::jsonb,
    p_tenant_hk => script_tracking.resolve_tenant(%(tenant)s::text)
)
