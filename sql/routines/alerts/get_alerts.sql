-- Returns the alerts with the state of each of their groups: for administrators all, for others those of their tenants.
CREATE OR REPLACE FUNCTION script_tracking.get_alerts(p_name pg_catalog.text DEFAULT NULL)
RETURNS TABLE (
    alert_name pg_catalog.text,
    group_name pg_catalog.text,
    severity pg_catalog.text,
    state pg_catalog.text,
    since pg_catalog.timestamptz,
    match_count pg_catalog.int8,
    last_fired pg_catalog.timestamptz,
    silenced_until pg_catalog.timestamptz,
    last_evaluated pg_catalog.timestamptz,
    tenant pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT coalesce(a.alert_name, s.alert_name), nullif(s.group_name, ''), a.severity,
        CASE
            WHEN a.failed_since IS NOT NULL THEN 'FAILED'
            WHEN s.state = 'FIRING' AND a.silenced_until > statement_timestamp() THEN 'SILENCED'
            ELSE coalesce(s.state, 'QUIET') END,
        coalesce(a.failed_since, s.since),
        CASE WHEN s.state = 'QUIET' OR s.state IS NULL THEN 0 ELSE s.match_count END,
        s.fired_at, CASE WHEN a.silenced_until > statement_timestamp() THEN a.silenced_until END,
        script_tracking.alerts_evaluated_at(),
        (SELECT h.tenant_bk FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = coalesce(s.tenant_hk, a.tenant_hk)),
        coalesce(a.failure, CASE WHEN a.silenced_until > statement_timestamp() THEN a.silence_reason END)
    FROM script_tracking.alert AS a
    FULL JOIN script_tracking.alert_state AS s ON s.alert_name = a.alert_name
    WHERE get_alerts.p_name IS NULL OR coalesce(a.alert_name, s.alert_name) = get_alerts.p_name
    ORDER BY 1, 2 NULLS FIRST
$function$;

COMMENT ON FUNCTION script_tracking.get_alerts(pg_catalog.text) IS
    'The alerts and their states: all for administrators, else those of the caller''s tenants';
