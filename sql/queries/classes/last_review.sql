-- The last review of access that was signed.
SELECT r.signed_at, r.until, r.signed_by, r.login::pg_catalog.text AS login
FROM script_tracking.review AS r
WHERE r.about = 'access' AND (r.tenant_hk IS NULL OR r.tenant_hk = %(tenant)s::pg_catalog.bytea)
ORDER BY r.until DESC, r.signed_at DESC
LIMIT 1
