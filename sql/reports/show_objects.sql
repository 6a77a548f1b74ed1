WITH RECURSIVE version AS (
    SELECT s.*
    FROM script_tracking.script_execution_h AS h
    JOIN script_tracking.script_execution_s AS s
        ON s.load_date = h.load_date AND s.script_execution_hk = h.script_execution_hk
    WHERE h.script_execution_hk = %(key)s::pg_catalog.bytea
    UNION ALL
    SELECT s.*
    FROM version AS v
    JOIN script_tracking.script_execution_s AS s
        ON s.load_date = v.load_end_date AND s.script_execution_hk = v.script_execution_hk
), latest AS (
    SELECT v.affected_objects, v.metadata FROM version AS v ORDER BY v.version_number DESC LIMIT 1
)
SELECT o.object_identity,
    CASE WHEN pg_catalog.jsonb_typeof(l.metadata -> 'object_types') = 'array'
        THEN l.metadata -> 'object_types' ->> (o.position - 1)::pg_catalog.int4 END AS object_type
FROM latest AS l
CROSS JOIN LATERAL pg_catalog.unnest(l.affected_objects) WITH ORDINALITY AS o (object_identity, position)
ORDER BY o.position
