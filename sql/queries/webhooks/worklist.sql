-- Lists the webhooks that are not paused, for a worker: configuration, who has the lease and for how long, how long the
-- next attempt still waits.
SELECT e.endpoint_name, e.configuration, e.lease, e.leased_by,
    greatest(extract(epoch FROM e.lease_until - clock_timestamp()), 0)::float8 AS lease_seconds,
    coalesce(d.event_id, '') AS event_id, coalesce(d.attempt_count, 0) AS attempt_count,
    greatest(extract(epoch FROM d.next_attempt_at - clock_timestamp()), 0)::float8 AS wait_seconds,
    coalesce(d.refused_in_row, 0) AS refused_in_row
FROM script_tracking.event_endpoint AS e
LEFT JOIN script_tracking.webhook_delivery AS d ON d.endpoint_name = e.endpoint_name
WHERE e.endpoint_kind = 'webhook' AND e.held_at IS NULL
    AND (%(name)s::text IS NULL OR e.endpoint_name = %(name)s)
ORDER BY e.endpoint_name
