-- A source begins a push: the body is what dbtrack push sends, whole.
SELECT r.o_source_name, r.o_event_number, r.o_block_number, r.o_refused
FROM (SELECT %(body)s::pg_catalog.json AS body) AS b
CROSS JOIN LATERAL script_tracking.begin_push(%(token)s::pg_catalog.text, (b.body -> 'place')::pg_catalog.jsonb,
    (b.body ->> 'last_block')::pg_catalog.int8) AS r
