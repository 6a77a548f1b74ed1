-- The reviews that the caller may see, the latest first.
SELECT r.signed_at, r.period, r.since, r.until, h.tenant_bk::pg_catalog.text AS tenant, r.signed_by,
    r.login::pg_catalog.text AS login, coalesce(e.exceptions, 0) AS exceptions, coalesce(e.own_exceptions, 0) AS own_exceptions,
    r.statement, r.script_execution_hk AS execution_key,
    r.about, r.document
FROM script_tracking.review AS r
LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_hk = r.tenant_hk
LEFT JOIN (
    SELECT x.review_hk, pg_catalog.count(*) AS exceptions, pg_catalog.count(*) FILTER (WHERE x.is_own) AS own_exceptions
    FROM script_tracking.review_exception AS x
    GROUP BY x.review_hk
) AS e ON e.review_hk = r.script_execution_hk
WHERE %(tenant)s::pg_catalog.bytea IS NULL OR r.tenant_hk IS NULL OR r.tenant_hk = %(tenant)s::pg_catalog.bytea
ORDER BY r.signed_at DESC, r.script_execution_hk
