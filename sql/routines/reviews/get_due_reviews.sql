-- Returns the periods whose review is due: they are over, and signed reviews do not cover them. A review of everything
-- counts for each tenant. It tells a tenant only whether one is missing, and never who signed.
CREATE OR REPLACE FUNCTION script_tracking.get_due_reviews(tenant_hk pg_catalog.bytea DEFAULT NULL)
RETURNS TABLE (tenant pg_catalog.text, period pg_catalog.text, since pg_catalog.timestamptz, until pg_catalog.timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT h.tenant_bk::pg_catalog.text, p.period, p.since, p.until
    FROM unnest(script_tracking.review_places(get_due_reviews.tenant_hk)) AS s (tenant_hk)
    LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_hk = s.tenant_hk
    CROSS JOIN LATERAL (
        SELECT max(r.until) AS last_until, range_agg(tstzrange(r.since, r.until)) AS covered
        -- Of a review whose signer was erased, the period is gone, too.
        FROM script_tracking.review AS r
        WHERE (r.tenant_hk IS NULL OR r.tenant_hk = s.tenant_hk) AND r.since IS NOT NULL AND r.until IS NOT NULL
            AND r.about = 'changes'
    ) AS g
    CROSS JOIN LATERAL script_tracking.review_periods(g.last_until) AS p
    WHERE NOT coalesce(g.covered @> tstzrange(p.since, p.until), false)
    ORDER BY h.tenant_bk NULLS FIRST, p.since
$function$;

COMMENT ON FUNCTION script_tracking.get_due_reviews(pg_catalog.bytea) IS
    'The periods that are over and that no signed review covers (evidence.review_every); tenant: NULL for everything';
