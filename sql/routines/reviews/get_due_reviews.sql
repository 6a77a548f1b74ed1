-- Returns the periods whose review is due: they are over, and signed reviews do not cover them; and since when access to what is
-- classified was not reviewed, if that is due. A review of everything counts for each tenant. It tells a tenant only whether one is
-- missing, and never who signed.
CREATE OR REPLACE FUNCTION script_tracking.get_due_reviews(tenant_hk pg_catalog.bytea DEFAULT NULL)
RETURNS TABLE (
    tenant pg_catalog.text,
    period pg_catalog.text,
    since pg_catalog.timestamptz,
    until pg_catalog.timestamptz,
    about pg_catalog.text
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT h.tenant_bk::pg_catalog.text, d.period, d.since, d.until, d.about
    FROM (
        SELECT s.tenant_hk, p.period, p.since, p.until, 'changes' AS about
        FROM unnest(script_tracking.review_places(get_due_reviews.tenant_hk)) AS s (tenant_hk)
        CROSS JOIN LATERAL (
            SELECT max(r.until) AS last_until, range_agg(tstzrange(r.since, r.until)) AS covered
            -- Of a review whose signer was erased, the period is gone, too.
            FROM script_tracking.review AS r
            WHERE (r.tenant_hk IS NULL OR r.tenant_hk = s.tenant_hk) AND r.since IS NOT NULL AND r.until IS NOT NULL
                AND r.about = 'changes'
        ) AS g
        CROSS JOIN LATERAL script_tracking.review_periods(g.last_until) AS p
        WHERE NOT coalesce(g.covered @> tstzrange(p.since, p.until), false)
        UNION ALL
        SELECT a.tenant_hk, to_char(a.since AT TIME ZONE z.zone, 'YYYY-MM-DD') || '/'
                || to_char(statement_timestamp() AT TIME ZONE z.zone, 'YYYY-MM-DD'), a.since, statement_timestamp(), 'access'
        FROM script_tracking.due_access_reviews(script_tracking.review_places(get_due_reviews.tenant_hk)) AS a
        CROSS JOIN (SELECT coalesce(nullif(script_tracking.current_setting_value('evidence.zone'), ''), 'UTC') AS zone) AS z
    ) AS d
    LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_hk = d.tenant_hk
    ORDER BY d.about DESC, h.tenant_bk NULLS FIRST, d.since
$function$;

COMMENT ON FUNCTION script_tracking.get_due_reviews(pg_catalog.bytea) IS
    'The periods that no signed review covers and that are due (evidence.review_every, of access classes.review_every); tenant: NULL for '
    'everything; about: changes or access';
