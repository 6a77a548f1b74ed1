-- The vaults that this record is pushed to.
SELECT e.configuration ->> 'to'
FROM script_tracking.event_endpoint AS e
WHERE e.endpoint_kind = 'push'
ORDER BY 1
