-- Reports whether a review is due, of changes and of access. Nothing, where the settings evidence.review_every and
-- classes.review_every are empty.
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
    SELECT 'reviews', s.metric, CASE WHEN s.is_period AND d.periods = 0 THEN 'OK' ELSE 'WARNING' END,
        CASE WHEN NOT s.is_period THEN format('%s cannot be "%s": a number of days such as 7d, or quarter', s.setting, s.every)
            WHEN d.periods = 0 AND s.about = 'access' THEN format('access to what is classified is reviewed every %s', s.every)
            WHEN d.periods = 0 THEN format('each %s is reviewed', s.every)
            WHEN s.about = 'access' THEN format('access to what is classified was not reviewed since %s; run: dbtrack access-review',
                to_char(d.first_since, 'YYYY-MM-DD'))
            ELSE format('%s to be reviewed, the first of %s; run: dbtrack review due',
                CASE d.periods WHEN 1 THEN '1 period is' ELSE d.periods || ' periods are' END, d.first_period) END
    FROM (
        SELECT v.*, v.every ~ CASE v.about WHEN 'access' THEN '^([1-9][0-9]{0,2}d|quarter)$'
            ELSE '^(day|week|month|quarter|year|[1-9][0-9]{0,3}[dw])$' END AS is_period
        FROM (
            SELECT k.*, lower(btrim(script_tracking.current_setting_value(k.setting)) COLLATE "C") AS every
            FROM (VALUES ('review_due', 'changes', 'evidence.review_every'),
                ('access_review_due', 'access', 'classes.review_every')) AS k (metric, about, setting)) AS v
    ) AS s
    CROSS JOIN LATERAL (
        SELECT count(*) AS periods, (array_agg(g.period ORDER BY g.until))[1] AS first_period, min(g.since) AS first_since
        FROM script_tracking.get_due_reviews(get_review_health.tenant_hk) AS g
        WHERE g.about = s.about
    ) AS d
    WHERE s.every <> ''
$function$;

COMMENT ON FUNCTION script_tracking.get_review_health(pg_catalog.bytea) IS
    'The part of get_system_health that is about reviews; no row where none is asked for';
