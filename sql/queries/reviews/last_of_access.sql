-- Until when access to what is classified was reviewed last; else when dbtrack was installed.
SELECT coalesce(
    (SELECT max(r.until) FROM script_tracking.review AS r
     WHERE r.about = 'access' AND (r.tenant_hk IS NULL OR r.tenant_hk = %(tenant)s::pg_catalog.bytea)),
    (SELECT min(m.applied_at) FROM script_tracking.schema_migration AS m))
