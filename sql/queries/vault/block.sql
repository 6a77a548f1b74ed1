-- A block of a source's seals: the body is what dbtrack push sends, whole.
SELECT r.o_block_number, r.o_missing, r.o_findings
FROM (SELECT %(body)s::pg_catalog.json AS body) AS b
CROSS JOIN LATERAL script_tracking.receive_block(%(token)s::pg_catalog.text, (b.body -> 'place')::pg_catalog.jsonb,
    (b.body -> 'block')::pg_catalog.jsonb, CASE WHEN pg_catalog.json_typeof(b.body -> 'leaves') = 'array' THEN b.body -> 'leaves' END,
    (b.body ->> 'is_final')::pg_catalog.bool) AS r
