-- Writes the notice that an alert fires or is resolved, with what somebody needs who reads it at night.
CREATE OR REPLACE FUNCTION script_tracking.notify_alert(
    p_type pg_catalog.text,
    p_alert script_tracking.alert,
    p_state script_tracking.alert_state,
    p_more pg_catalog.jsonb
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_key pg_catalog.text := coalesce(p_state.last_row ->> 'execution_key', '');
    -- Those that are still there: a notice for none of them is for all.
    v_endpoints pg_catalog.text[] := (SELECT array_agg(e.endpoint_name ORDER BY e.endpoint_name)
        FROM script_tracking.event_endpoint AS e WHERE e.endpoint_name = ANY (p_alert.endpoints));
BEGIN
    RETURN script_tracking.record_notice(p_type, p_alert.alert_name, p_state.tenant_hk, jsonb_strip_nulls(jsonb_build_object(
        'alert', p_alert.alert_name, 'severity', p_alert.severity, 'report', p_alert.report_name,
        'condition', p_alert.condition, 'summary', p_state.last_row ->> 'summary',
        'group_by', p_alert.group_by, 'group', nullif(p_state.group_name, ''),
        'count', p_state.match_count,
        'count_since_last_notice', CASE WHEN p_alert.is_event THEN p_state.match_count - p_state.notified_count END,
        'since', to_jsonb(coalesce(p_state.fired_at, p_state.since)),
        'resolved_at', CASE WHEN p_type = 'alert.resolved' THEN to_jsonb(coalesce(p_state.resolved_at, clock_timestamp())) END,
        'endpoints', to_jsonb(v_endpoints), 'first', p_state.first_row, 'last', p_state.last_row,
        'next_step', CASE
            WHEN v_key <> '' THEN 'dbtrack show ' || left(v_key, 12)
            WHEN p_alert.report_name IN ('running', 'executions') THEN 'dbtrack history'
            WHEN p_alert.report_name IN ('signals', 'notices') THEN 'dbtrack health'
            ELSE 'dbtrack ' || replace(p_alert.report_name, 'dashboard_by_tenant', 'dashboard --by-tenant') END)) || p_more);
END
$function$;

COMMENT ON FUNCTION script_tracking.notify_alert(
    pg_catalog.text, script_tracking.alert, script_tracking.alert_state, pg_catalog.jsonb) IS
    'Writes the notice that an alert fires or is resolved';
