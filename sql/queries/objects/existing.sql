-- The objects of some types that were there at a moment, in the order in which they were created.
SELECT n.object_hk, n.object_type, n.object_identity, n.created_at
FROM script_tracking.get_existing_objects(%(moment)s::pg_catalog.timestamptz, %(types)s::pg_catalog.text[]) AS n
ORDER BY n.first_version
