-- Adds an alert. The condition is checked by dbtrack alert add, which evaluates it: SQL stores it as text and never runs
-- it.
CREATE OR REPLACE FUNCTION script_tracking.add_alert(
    p_name pg_catalog.text,
    p_report pg_catalog.text,
    p_is_event pg_catalog.bool,
    p_condition pg_catalog.text,
    p_severity pg_catalog.text,
    p_tenant pg_catalog.text,
    p_group_by pg_catalog.text,
    p_at_least pg_catalog.int4,
    p_counted_for pg_catalog."interval",
    p_hold_for pg_catalog."interval",
    p_clear_for pg_catalog."interval",
    p_remind_every pg_catalog."interval",
    p_with_announced pg_catalog.bool,
    p_endpoints pg_catalog.text[]
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_has_events pg_catalog.bool;
    v_endpoint pg_catalog.text;
BEGIN
    IF p_name IS NULL OR p_name !~ '^[a-z0-9][a-z0-9_-]{0,62}$' THEN
        RAISE EXCEPTION '"%" cannot name an alert', p_name
            USING ERRCODE = 'DT006', HINT = '1 to 63 small letters, digits, underscores and hyphens';
    END IF;
    -- An interval that the program cannot read would end the evaluation of all alerts.
    IF EXISTS (SELECT FROM unnest(ARRAY[p_counted_for, p_hold_for, p_clear_for, p_remind_every]) AS i (length)
        WHERE i.length NOT BETWEEN '0' AND '10 years') THEN
        RAISE EXCEPTION 'the times of an alert are from nothing to ten years' USING ERRCODE = 'DT006', HINT = 'give a shorter one';
    END IF;
    FOREACH v_endpoint IN ARRAY coalesce(p_endpoints, '{}') LOOP
        IF NOT EXISTS (SELECT FROM script_tracking.event_endpoint AS e WHERE e.endpoint_name = v_endpoint) THEN
            RAISE EXCEPTION 'there is no endpoint "%"', v_endpoint
                USING ERRCODE = 'DT006', HINT = 'create it first, for example with: dbtrack webhook add';
        END IF;
    END LOOP;
    -- Waits for an evaluation that is at work.
    PERFORM FROM script_tracking.alert_cursor AS c FOR UPDATE;
    v_has_events := EXISTS (SELECT FROM script_tracking.alert AS a WHERE a.is_event);
    INSERT INTO script_tracking.alert (alert_name, report_name, is_event, condition, severity, tenant_hk, group_by, at_least,
        counted_for, hold_for, clear_for, remind_every, with_announced, endpoints)
    VALUES (p_name, p_report, p_is_event, p_condition, p_severity, script_tracking.resolve_tenant(p_tenant), p_group_by,
        p_at_least, p_counted_for, p_hold_for, p_clear_for, p_remind_every, p_with_announced, nullif(p_endpoints, '{}'))
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is an alert "%" already', p_name
            USING ERRCODE = 'DT006', HINT = 'replace it with: dbtrack alert remove ' || p_name;
    END IF;
    -- While no alert needs events, nobody reads them: what came meanwhile is not new.
    IF NOT v_has_events THEN
        UPDATE script_tracking.alert_cursor AS c
        SET seen = pg_current_snapshot(), place = script_tracking.rollup_place();
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.add_alert(
    pg_catalog.text, pg_catalog.text, pg_catalog.bool, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text,
    pg_catalog.int4, pg_catalog."interval", pg_catalog."interval", pg_catalog."interval", pg_catalog."interval",
    pg_catalog.bool, pg_catalog.text[]) IS
    'Adds an alert, whose condition dbtrack alert add has checked';
