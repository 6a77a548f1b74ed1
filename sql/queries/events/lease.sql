-- Gives an endpoint to a worker.
SELECT o_lease, o_is_new_timeline
FROM script_tracking.lease_endpoint(%(name)s, %(seconds)s::pg_catalog.int4, %(worker)s)
