-- Lists the dead letters of one webhook, or of all, in the order in which they should have been delivered.
SELECT l.endpoint_name, l.event_number, l.event_id, l.event_type, l.event ->> 'subject' AS subject, l.attempt_count,
    l.last_failure, l.dead_at, l.event
FROM script_tracking.webhook_dead_letter AS l
WHERE (%(name)s::text IS NULL OR l.endpoint_name = %(name)s)
    AND (%(ids)s::text[] IS NULL OR l.event_id = ANY (%(ids)s::text[]))
ORDER BY l.endpoint_name, l.event_number
