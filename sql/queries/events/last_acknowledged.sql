-- Returns the running number and the chain of the last event that an endpoint has acknowledged.
SELECT e.sent_count, encode(e.event_chain, 'hex')
FROM script_tracking.event_endpoint AS e WHERE e.endpoint_name = %(name)s
