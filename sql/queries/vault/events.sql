-- Events of a source with their rows: the body is what dbtrack push sends, whole.
SELECT r.o_event_number, r.o_versions
FROM (SELECT %(body)s::pg_catalog.json AS body) AS b
CROSS JOIN LATERAL script_tracking.receive_events(%(token)s::pg_catalog.text, (b.body -> 'batch')::pg_catalog.jsonb,
    b.body -> 'rows') AS r
