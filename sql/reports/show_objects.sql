SELECT o.object_identity,
    CASE WHEN pg_catalog.jsonb_typeof(v.metadata -> 'object_types') = 'array'
        THEN v.metadata -> 'object_types' ->> (o.position - 1)::pg_catalog.int4 END AS object_type
FROM script_tracking.execution_versions(%(key)s) AS v
CROSS JOIN LATERAL pg_catalog.unnest(v.affected_objects) WITH ORDINALITY AS o (object_identity, position)
WHERE v.load_end_date IS NULL
ORDER BY o.position
