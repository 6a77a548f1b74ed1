-- Only for the tables that the installation lists: others protect their own tables in the schema.
WITH ours AS (
    SELECT to_regclass(format('script_tracking.%I', substr(i.property_name, 10)))::oid AS oid
    FROM script_tracking.installation AS i WHERE starts_with(i.property_name, 'relation.')
)
SELECT 'CRITICAL', c.oid::regclass::text, 'row security is not enabled and forced: tenants see each other''s records',
    format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY%s;', c.oid::regclass,
        CASE WHEN c.relkind = 'p' THEN ', FORCE ROW LEVEL SECURITY' ELSE '' END)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_hk' AND NOT a.attisdropped
WHERE c.oid IN (SELECT o.oid FROM ours AS o) AND c.relkind IN ('r', 'p')
    AND NOT (c.relrowsecurity AND (c.relforcerowsecurity OR c.relkind <> 'p'))
UNION ALL
SELECT 'CRITICAL', c.oid::regclass::text, 'row security is not enabled: members of pg_read_all_data read all tenants'' records',
    format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', c.oid::regclass)
FROM pg_catalog.pg_class AS c
WHERE c.relispartition AND c.relkind = 'r' AND NOT c.relrowsecurity AND pg_partition_root(c.oid)::oid IN (SELECT o.oid FROM ours AS o)
UNION ALL
-- Row security of the parent does not apply to a query that reads a partition directly.
SELECT DISTINCT 'CRITICAL', c.oid::regclass::text, format('%s may read a partition past the row security of its table',
        coalesce(g.rolname, 'everybody')),
    format('REVOKE ALL ON %s FROM %s;', c.oid::regclass, coalesce(quote_ident(g.rolname), 'PUBLIC'))
FROM pg_catalog.pg_class AS c
CROSS JOIN LATERAL aclexplode(c.relacl) AS a
LEFT JOIN pg_catalog.pg_roles AS g ON g.oid = a.grantee
WHERE c.relispartition AND c.relkind = 'r' AND pg_partition_root(c.oid)::oid IN (SELECT o.oid FROM ours AS o)
    AND a.grantee <> c.relowner AND a.privilege_type = 'SELECT'
UNION ALL
-- A table of dbtrack's that is gone took its records along, and no install creates it again.
SELECT 'CRITICAL', 'script_tracking.' || substr(i.property_name, 10), format('the %s is missing', i.property_value),
    CASE i.property_value WHEN 'view' THEN 'dbtrack install' END
FROM script_tracking.installation AS i
WHERE starts_with(i.property_name, 'relation.')
    AND to_regclass(format('script_tracking.%I', substr(i.property_name, 10))) IS NULL;
