SELECT p.value ->> 'grantee' AS grantee, p.value ->> 'object' AS object_identity, p.value ->> 'object_type' AS object_type,
    p.value ->> 'column' AS column_name,
    CASE pg_catalog.jsonb_typeof(p.value -> 'gained') WHEN 'array' THEN
        ARRAY(SELECT e.value FROM pg_catalog.jsonb_array_elements_text(p.value -> 'gained') AS e) END AS gained,
    CASE pg_catalog.jsonb_typeof(p.value -> 'lost') WHEN 'array' THEN
        ARRAY(SELECT e.value FROM pg_catalog.jsonb_array_elements_text(p.value -> 'lost') AS e) END AS lost,
    CASE pg_catalog.jsonb_typeof(p.value -> 'grant_option_gained') WHEN 'array' THEN
        ARRAY(SELECT e.value FROM pg_catalog.jsonb_array_elements_text(p.value -> 'grant_option_gained') AS e) END AS grant_option_gained,
    CASE pg_catalog.jsonb_typeof(p.value -> 'grant_option_lost') WHEN 'array' THEN
        ARRAY(SELECT e.value FROM pg_catalog.jsonb_array_elements_text(p.value -> 'grant_option_lost') AS e) END AS grant_option_lost,
    CASE pg_catalog.jsonb_typeof(p.value -> 'present') WHEN 'array' THEN
        ARRAY(SELECT e.value FROM pg_catalog.jsonb_array_elements_text(p.value -> 'present') AS e) END AS present,
    CASE pg_catalog.jsonb_typeof(p.value -> 'named') WHEN 'array' THEN
        ARRAY(SELECT e.value FROM pg_catalog.jsonb_array_elements_text(p.value -> 'named') AS e) END AS named
FROM script_tracking.execution_versions(%(key)s) AS v
CROSS JOIN LATERAL pg_catalog.jsonb_array_elements(CASE pg_catalog.jsonb_typeof(v.metadata -> 'privileges')
    WHEN 'array' THEN v.metadata -> 'privileges' ELSE '[]' END) WITH ORDINALITY AS p (value, position)
WHERE (v.load_end_date IS NULL OR (%(as_of)s::pg_catalog.timestamptz IS NOT NULL
        AND v.load_end_date > %(as_of)s::pg_catalog.timestamptz))
    AND (%(as_of)s::pg_catalog.timestamptz IS NULL OR v.load_date <= %(as_of)s::pg_catalog.timestamptz)
ORDER BY p.position
