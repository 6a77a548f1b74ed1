-- Reports whether a review is due. Nothing, where the setting evidence.review_every is empty.
CREATE OR REPLACE FUNCTION script_tracking.get_review_health(tenant_hk pg_catalog.bytea DEFAULT NULL)
RETURNS TABLE (
    health_category pg_catalog.text,
    health_metric pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT 'reviews', 'review_due', CASE WHEN s.is_period AND d.periods = 0 THEN 'OK' ELSE 'WARNING' END,
        CASE WHEN NOT s.is_period
                THEN format('evidence.review_every cannot be "%s": a number of days such as 7d, or quarter', s.every)
            WHEN d.periods = 0 THEN format('each %s is reviewed', s.every)
            ELSE format('%s to be reviewed, the first of %s; run: dbtrack review due',
                CASE d.periods WHEN 1 THEN '1 period is' ELSE d.periods || ' periods are' END, d.first_period) END
    FROM (
        SELECT v.every, v.every ~ '^(day|week|month|quarter|year|[1-9][0-9]{0,3}[dw])$' AS is_period
        FROM (SELECT lower(btrim(script_tracking.current_setting_value('evidence.review_every')) COLLATE "C") AS every) AS v
    ) AS s
    CROSS JOIN LATERAL (
        SELECT count(*) AS periods, (array_agg(g.period ORDER BY g.until))[1] AS first_period
        FROM script_tracking.get_due_reviews(get_review_health.tenant_hk) AS g
    ) AS d
    WHERE s.every <> ''
$function$;

COMMENT ON FUNCTION script_tracking.get_review_health(pg_catalog.bytea) IS
    'The part of get_system_health that is about reviews; no row where none is asked for';
