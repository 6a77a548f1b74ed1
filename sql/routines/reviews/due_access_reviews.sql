-- Returns for which tenants (NULL: everything) a review of the access to what is classified is due by the setting classes.review_every:
-- something is classified, and no signed review of access ends within so many days, or since the quarter before this one began. since: the
-- end of the last one; of none, when the first of what is classified was classified.
CREATE OR REPLACE FUNCTION script_tracking.due_access_reviews(p_places pg_catalog.bytea[])
RETURNS TABLE (tenant_hk pg_catalog.bytea, since pg_catalog.timestamptz)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    v_every CONSTANT pg_catalog.text := script_tracking.current_setting_value('classes.review_every');
    v_zone CONSTANT pg_catalog.text := coalesce(nullif(script_tracking.current_setting_value('evidence.zone'), ''), 'UTC');
    v_limit CONSTANT pg_catalog.timestamptz := CASE
        WHEN v_every = 'quarter' THEN (date_trunc('quarter', statement_timestamp() AT TIME ZONE v_zone)
            - '3 months'::pg_catalog."interval") AT TIME ZONE v_zone
        WHEN v_every ~ '^[1-9][0-9]{0,2}d$' THEN statement_timestamp() - make_interval(days => left(v_every, -1)::pg_catalog.int4) END;
BEGIN
    IF v_limit IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH class AS MATERIALIZED (
        SELECT g.tenant_hk, g.classified_at FROM script_tracking.get_classes() AS g WHERE NOT g.is_dropped
    )
    SELECT p.tenant_hk, coalesce(r.last_until, c.first_at)
    FROM unnest(p_places) AS p (tenant_hk)
    CROSS JOIN LATERAL (
        SELECT min(c.classified_at) AS first_at FROM class AS c WHERE p.tenant_hk IS NULL OR c.tenant_hk = p.tenant_hk) AS c
    CROSS JOIN LATERAL (
        SELECT max(r.until) AS last_until FROM script_tracking.review AS r
        WHERE r.about = 'access' AND (r.tenant_hk IS NULL OR r.tenant_hk = p.tenant_hk)) AS r
    WHERE c.first_at IS NOT NULL AND (r.last_until >= v_limit) IS NOT TRUE;
END
$function$;

COMMENT ON FUNCTION script_tracking.due_access_reviews(pg_catalog.bytea[]) IS
    'For which of these tenants (NULL: everything) a review of access is due (classes.review_every); for the functions of this schema';
