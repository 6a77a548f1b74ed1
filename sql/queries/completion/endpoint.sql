-- The endpoints that events are sent to, webhooks among them.
SELECT e.endpoint_name::text, e.endpoint_kind::text FROM script_tracking.event_endpoint AS e ORDER BY 1;
