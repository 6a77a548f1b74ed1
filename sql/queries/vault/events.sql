-- Events of a source with their rows: the body is what dbtrack push sends, whole. It is long, and is read once for both parts.
SELECT r.o_event_number, r.o_versions
FROM pg_catalog.json_to_record(%(body)s::pg_catalog.json) AS b (batch pg_catalog.jsonb, "rows" pg_catalog.json)
CROSS JOIN LATERAL script_tracking.receive_events(%(token)s::pg_catalog.text, b.batch, b."rows") AS r
