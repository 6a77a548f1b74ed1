-- Whether the login may see which seal covers a row. Seals are over all tenants: to an auditor of single ones, reading them is an
-- error.
SELECT pg_catalog.has_table_privilege('script_tracking.seal_leaf', 'SELECT')
    AND (script_tracking.auditor_end() = 'infinity' OR script_tracking.auditor_sees_all())
