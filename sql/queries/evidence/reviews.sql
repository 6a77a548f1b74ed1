-- The signed reviews that are about a part of a period.
SELECT r.period, r.since, r.until, r.signed_by, r.signed_at, r.statement
FROM script_tracking.review AS r
WHERE r.since < %(until)s::pg_catalog.timestamptz AND r.until > %(since)s::pg_catalog.timestamptz
    AND (%(tenant)s::pg_catalog.bytea IS NULL OR r.tenant_hk IS NULL OR r.tenant_hk = %(tenant)s::pg_catalog.bytea)
ORDER BY r.signed_at
