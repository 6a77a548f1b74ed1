-- Whether the login may see which seal covers a row.
SELECT pg_catalog.has_table_privilege('script_tracking.seal_leaf', 'SELECT')
