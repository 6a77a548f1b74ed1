SELECT o.object_identity,
    CASE WHEN pg_catalog.jsonb_typeof(v.metadata -> 'object_types') = 'array'
        THEN v.metadata -> 'object_types' ->> (o.position - 1)::pg_catalog.int4 END AS object_type
FROM script_tracking.execution_versions(%(key)s) AS v
CROSS JOIN LATERAL pg_catalog.unnest(v.affected_objects) WITH ORDINALITY AS o (object_identity, position)
WHERE (v.load_end_date IS NULL OR (%(as_of)s::pg_catalog.timestamptz IS NOT NULL
        AND v.load_end_date > %(as_of)s::pg_catalog.timestamptz))
    AND (%(as_of)s::pg_catalog.timestamptz IS NULL OR v.load_date <= %(as_of)s::pg_catalog.timestamptz)
ORDER BY o.position
