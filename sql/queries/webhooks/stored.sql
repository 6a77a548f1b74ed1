-- Returns what is stored of one webhook.
SELECT e.configuration
FROM script_tracking.event_endpoint AS e
WHERE e.endpoint_kind = 'webhook' AND e.endpoint_name = %(name)s
