-- Reports the endpoints that events are not sent to as they should be. Administrators only: addresses and tenants of others
-- are not for everybody.
CREATE OR REPLACE FUNCTION script_tracking.get_endpoint_health()
RETURNS TABLE (
    health_category pg_catalog.text,
    health_metric pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT 'events', 'endpoint ' || e.endpoint_name, f.current_status, f.details
    FROM script_tracking.get_endpoints() AS e
    CROSS JOIN LATERAL (
        -- A copy of the files that was promoted looks like a standby that took over.
        SELECT p.timeline <> CASE WHEN NOT pg_is_in_recovery() THEN script_tracking.server_timeline() END
            AND p.place = script_tracking.rollup_place() AS is_other
        FROM script_tracking.event_endpoint AS p WHERE p.endpoint_name = e.endpoint_name
    ) AS t
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN e.endpoint_state IN ('paused', 'of another database') OR e.seconds_behind > 900 OR e.events_removed > 0
                    OR t.is_other
                THEN 'WARNING' ELSE 'OK' END AS current_status,
            CASE
                WHEN e.endpoint_state = 'paused' THEN format('paused: %s; %s events wait', e.held_because, e.events_behind)
                WHEN e.endpoint_state = 'of another database' THEN
                    'it belongs to the database that this one is a copy of; resume it or remove it'
                WHEN t.is_other THEN
                    'no worker has read it since another server took over; if this one is a copy, pause it before one does'
                WHEN e.events_removed > 0 THEN
                    format('a cleanup removed %s events before they were sent', e.events_removed)
                WHEN e.seconds_behind > 900 THEN format('%s events wait, the oldest for %s; is the worker running?',
                    e.events_behind, make_interval(secs => round(e.seconds_behind)::pg_catalog.float8))
                ELSE format('%s events sent, %s wait', e.events_sent, e.events_behind)
            END AS details
    ) AS f
    -- What is new is known on the primary server only.
    WHERE NOT pg_is_in_recovery()
$function$;

COMMENT ON FUNCTION script_tracking.get_endpoint_health() IS 'The part of get_system_health that is about sending events';
