-- What nobody has dealt with in the last days: how many causes, how many failures, and the latest of them.
SELECT pg_catalog.count(*), coalesce(pg_catalog.sum(e.occurrences), 0)::pg_catalog.int8,
    (pg_catalog.array_agg(e.script_name::pg_catalog.text ORDER BY e.last_seen DESC))[1],
    (pg_catalog.array_agg(e.execution_key ORDER BY e.last_seen DESC))[1],
    NOT script_tracking.sees_all_tenants() AND script_tracking.caller_tenants() = '{}' AS sees_nothing
FROM script_tracking.get_open_errors(hours => %(hours)s::pg_catalog.int4, tenant_hk => %(tenant)s::pg_catalog.bytea) AS e
