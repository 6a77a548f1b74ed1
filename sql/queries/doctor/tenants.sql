-- A grant is stored with the role's name: anybody who creates a role of that name would get it.
SELECT 'WARNING', l.role_name::text, format('the tenant "%s" is granted to a role that does not exist', h.tenant_bk),
    format('SELECT script_tracking.revoke_tenant(%L, %L);', l.role_name, h.tenant_bk)
FROM script_tracking.tenant_role_l AS l
JOIN script_tracking.tenant_h AS h ON h.tenant_hk = l.tenant_hk
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = l.role_name)
UNION ALL
SELECT 'CRITICAL', c.oid::regclass::text, 'row security is not enabled: members of pg_read_all_data read it',
    format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', c.oid::regclass)
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relname IN ('capture_secret', 'tenant_key', 'access_log',
        'seal_leaf', 'rollup_total', 'open_execution', 'capture_failure')
    AND NOT c.relrowsecurity
UNION ALL
-- They are from before an upgrade, and only superusers see them.
SELECT 'WARNING', c.oid::regclass::text,
    format('statistics gathered earlier let EXPLAIN tell tenants what others have in %s',
        string_agg(s.attname, ', ' ORDER BY s.attname)),
    format('DELETE FROM pg_statistic WHERE starelid = %L::regclass;', c.oid::regclass)
FROM pg_catalog.pg_stats AS s
JOIN pg_catalog.pg_class AS c ON c.relname = s.tablename AND c.relnamespace = 'script_tracking'::regnamespace AND c.relrowsecurity
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.attname AND a.attstattarget = 0
WHERE s.schemaname = 'script_tracking'
GROUP BY c.oid;
