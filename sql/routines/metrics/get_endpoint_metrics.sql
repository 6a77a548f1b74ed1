-- Returns the metrics of the endpoints of events.
CREATE OR REPLACE FUNCTION script_tracking.get_endpoint_metrics()
RETURNS TABLE (
    metric_family pg_catalog.text,
    metric_type pg_catalog.text,
    metric_help pg_catalog.text,
    metric_name pg_catalog.text,
    labels pg_catalog.jsonb,
    metric_value pg_catalog."numeric"
)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT m.name, m.type, m.help, m.name || CASE m.type WHEN 'counter' THEN '_total' ELSE '' END,
        jsonb_build_object('endpoint', e.endpoint_name, 'kind', e.endpoint_kind), m.value
    FROM script_tracking.get_endpoint_lag() AS e
    CROSS JOIN LATERAL (VALUES
        ('dbtrack_endpoint_lag_events', 'gauge', 'Events that an endpoint has not got yet; counts to 10,000.', e.events_behind),
        ('dbtrack_endpoint_lag_seconds', 'gauge', 'Age of the oldest event that an endpoint has not got yet.', e.seconds_behind),
        ('dbtrack_endpoint_events_sent', 'counter', 'Events that an endpoint has got.', e.events_sent),
        ('dbtrack_endpoint_held', 'gauge', 'Whether an endpoint is paused, or belongs to another database: 1 or 0.',
            e.is_held::pg_catalog.int4)) AS m (name, type, help, value)
$function$;

COMMENT ON FUNCTION script_tracking.get_endpoint_metrics() IS 'The part of get_metrics that is about endpoints of events';
