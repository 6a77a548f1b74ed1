-- The signed reviews that are about a part of a period. Only those of everything that the evidence is about count for what is due:
-- one tenant's do not replace a review of all. Of a login that sees only one tenant, everything is that tenant.
SELECT r.period, r.since, r.until, r.signed_by, r.signed_at, r.statement, r.login::pg_catalog.text AS login,
    h.tenant_bk::pg_catalog.text AS tenant,
    r.tenant_hk IS NULL OR r.tenant_hk IS NOT DISTINCT FROM %(tenant)s::pg_catalog.bytea
        OR %(tenant)s::pg_catalog.bytea IS NULL AND NOT script_tracking.sees_all_tenants()
            AND script_tracking.caller_tenants() = ARRAY[r.tenant_hk] AS is_counted
FROM script_tracking.review AS r
LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_hk = r.tenant_hk
WHERE r.about = 'changes' AND r.since < %(until)s::pg_catalog.timestamptz AND r.until > %(since)s::pg_catalog.timestamptz
    AND (%(tenant)s::pg_catalog.bytea IS NULL OR r.tenant_hk IS NULL OR r.tenant_hk = %(tenant)s::pg_catalog.bytea)
ORDER BY r.signed_at
