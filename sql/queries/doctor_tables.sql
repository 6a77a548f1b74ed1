SELECT 'CRITICAL', c.oid::regclass::text, 'row security is not enabled and forced: tenants see each other''s records',
    format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY%s;', c.oid::regclass,
        CASE WHEN c.relkind = 'p' THEN ', FORCE ROW LEVEL SECURITY' ELSE '' END)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_hk' AND NOT a.attisdropped
WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND NOT (c.relrowsecurity AND (c.relforcerowsecurity OR c.relkind <> 'p'))
UNION ALL
SELECT 'CRITICAL', c.oid::regclass::text, 'row security is not enabled: members of pg_read_all_data read all tenants'' records',
    format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', c.oid::regclass)
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relispartition AND c.relkind = 'r' AND NOT c.relrowsecurity
UNION ALL
-- Row security of the parent does not hold for who reads a partition directly.
SELECT DISTINCT 'CRITICAL', c.oid::regclass::text, format('%s may read a partition past the row security of its table',
        coalesce(g.rolname, 'everybody')),
    format('REVOKE ALL ON %s FROM %s;', c.oid::regclass, coalesce(quote_ident(g.rolname), 'PUBLIC'))
FROM pg_catalog.pg_class AS c
CROSS JOIN LATERAL aclexplode(c.relacl) AS a
LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
WHERE c.relnamespace = 'script_tracking'::regnamespace AND c.relispartition AND c.relkind = 'r'
    AND a.grantee <> c.relowner AND a.privilege_type = 'SELECT';
