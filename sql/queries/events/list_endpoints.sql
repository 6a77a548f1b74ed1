-- Lists the endpoints with how far each is. For others than administrators get_endpoints() is empty; the table, which only
-- they may read, makes that an error.
SELECT e.endpoint_name, e.endpoint_kind, e.event_types, e.tenants, e.endpoint_state, e.held_because,
    e.events_sent, e.events_behind, e.seconds_behind, e.last_sent_at
FROM script_tracking.get_endpoints() AS e
JOIN script_tracking.event_endpoint AS p ON p.endpoint_name = e.endpoint_name
ORDER BY e.endpoint_name
