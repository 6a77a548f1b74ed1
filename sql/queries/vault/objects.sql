-- Versions of objects of a source: the body is what dbtrack push sends, whole.
SELECT r.o_versions, r.o_findings
FROM pg_catalog.json_to_record(%(body)s::pg_catalog.json) AS b (place pg_catalog.jsonb, objects pg_catalog.json)
CROSS JOIN LATERAL script_tracking.receive_objects(%(token)s::pg_catalog.text, b.place, b.objects) AS r
