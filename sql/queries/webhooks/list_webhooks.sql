-- Lists the webhooks with how far each is, and what keeps it.
SELECT e.endpoint_name, e.configuration ->> 'format' AS format, e.configuration ->> 'destination' AS destination,
    e.event_types, e.tenants,
    CASE WHEN e.endpoint_state NOT IN ('working', 'idle') THEN e.endpoint_state
        WHEN d.event_id IS NOT NULL THEN 'failing'
        ELSE e.endpoint_state END AS endpoint_state,
    coalesce(e.held_because, CASE WHEN d.event_id IS NOT NULL THEN d.last_failure END) AS problem,
    e.events_sent, e.events_behind, e.seconds_behind, e.last_sent_at,
    nullif(d.attempt_count, 0) AS attempt_count, d.next_attempt_at,
    (SELECT count(*) FROM script_tracking.webhook_dead_letter AS l WHERE l.endpoint_name = e.endpoint_name) AS dead_letters
FROM script_tracking.get_endpoints() AS e
LEFT JOIN script_tracking.webhook_delivery AS d ON d.endpoint_name = e.endpoint_name
WHERE e.endpoint_kind = 'webhook' AND (%(name)s::text IS NULL OR e.endpoint_name = %(name)s)
ORDER BY e.endpoint_name
