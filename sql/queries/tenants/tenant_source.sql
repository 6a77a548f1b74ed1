-- The source that was chosen; whether there are tenants; whether the platform has a hub that could be the source.
SELECT script_tracking.tenant_source(), EXISTS (SELECT FROM script_tracking.tenant_h),
    EXISTS (
        SELECT FROM pg_catalog.pg_class AS c
        WHERE c.oid = to_regclass('auth.tenant_h') AND c.relkind IN ('r', 'p')
            AND 2 = (SELECT count(*) FROM pg_catalog.pg_attribute AS a
                     WHERE a.attrelid = c.oid AND NOT a.attisdropped
                        AND (a.attname = 'tenant_hk' AND a.atttypid = 'bytea'::regtype OR a.attname = 'tenant_bk')));
