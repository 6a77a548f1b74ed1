-- Returns the identity of the database that an endpoint belongs to, as part of a file's name.
SELECT substr(encode(sha256(convert_to(e.place::text, 'UTF8')), 'hex'), 1, 16)
FROM script_tracking.event_endpoint AS e WHERE e.endpoint_name = %(name)s
