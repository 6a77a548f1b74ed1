-- The views for analysts: that they are there, and that row security applies to whoever reads them.
SELECT 'WARNING', 'dbtrack_mart.' || substr(i.property_name, 6), format('the %s is missing', i.property_value), 'dbtrack install'
FROM script_tracking.installation AS i
WHERE starts_with(i.property_name, 'mart.') AND i.property_name <> 'mart.schema' AND i.property_value = 'view'
    AND to_regclass(format('dbtrack_mart.%I', substr(i.property_name, 6))) IS NULL
UNION ALL
SELECT 'CRITICAL', c.oid::regclass::text, 'the view does not read with its reader''s rights: it shows the rows of all tenants',
    format('ALTER VIEW %s SET (security_invoker = true, security_barrier = true);', c.oid::regclass)
FROM script_tracking.installation AS i
JOIN pg_catalog.pg_class AS c ON c.oid = to_regclass(format('dbtrack_mart.%I', substr(i.property_name, 6))) AND c.relkind = 'v'
WHERE starts_with(i.property_name, 'mart.')
    AND NOT coalesce(c.reloptions, '{}') @> '{security_invoker=true,security_barrier=true}'
UNION ALL
SELECT 'CRITICAL', 'dbtrack_mart', 'everybody may use the schema', 'REVOKE ALL ON SCHEMA dbtrack_mart FROM PUBLIC;'
FROM pg_catalog.pg_namespace AS n
JOIN script_tracking.installation AS i ON i.property_name = 'mart.schema' AND i.property_value = n.nspname
WHERE EXISTS (SELECT FROM aclexplode(n.nspacl) AS a WHERE a.grantee = 0)
UNION ALL
SELECT 'WARNING', 'dbtrack_mart', 'the schema of the views for analysts is missing', 'dbtrack install'
FROM script_tracking.installation AS i
WHERE i.property_name = 'mart.schema' AND to_regnamespace('dbtrack_mart') IS NULL;
