-- Returns what is stored of one webhook, and whether it is paused.
SELECT e.configuration, e.held_at IS NOT NULL AS is_held
FROM script_tracking.event_endpoint AS e
WHERE e.endpoint_kind = 'webhook' AND e.endpoint_name = %(name)s
