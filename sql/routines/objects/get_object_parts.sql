-- Returns the parts of objects as they stood at a moment. A part is alive if its newest row is newest of its kind and name
-- too and does not say that it was dropped: what ALTER TYPE and REINDEX CONCURRENTLY make anew has another oid, and nobody is
-- told that the old one went.
CREATE OR REPLACE FUNCTION script_tracking.get_object_parts(
    p_objects pg_catalog.bytea[],
    p_moment pg_catalog.timestamptz DEFAULT NULL
)
RETURNS TABLE (
    object_hk pg_catalog.bytea,
    part pg_catalog.text,
    kind pg_catalog.text,
    name pg_catalog.text,
    body pg_catalog.jsonb,
    load_date pg_catalog.timestamptz,
    script_execution_hk pg_catalog.bytea
)
LANGUAGE plpgsql STABLE ROWS 50
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH version AS MATERIALIZED (
        SELECT s.object_hk, s.load_date, s.version_number, s.script_execution_hk, s.definition
        FROM script_tracking.object_s AS s
        WHERE s.object_hk = ANY (p_objects) AND s.load_date <= coalesce(p_moment, 'infinity')
    ), ranked AS (
        SELECT v.object_hk, v.load_date, v.version_number, v.script_execution_hk, p.part, p.kind, p.name, p.body,
            row_number() OVER (PARTITION BY v.object_hk, p.part
                ORDER BY v.load_date DESC, v.version_number DESC) AS of_part,
            row_number() OVER (PARTITION BY v.object_hk, p.kind, coalesce(p.name, p.part)
                ORDER BY v.load_date DESC, v.version_number DESC, p.body IS NULL) AS of_name,
            max(v.version_number) FILTER (WHERE p.kind = 'object' AND p.body IS NULL) OVER (PARTITION BY v.object_hk) AS dropped_at
        FROM version AS v
        CROSS JOIN LATERAL script_tracking.object_parts(v.definition) AS p
    )
    SELECT r.object_hk, r.part, r.kind, coalesce(r.name, r.part), r.body, r.load_date, r.script_execution_hk
    FROM ranked AS r
    WHERE r.of_part = 1 AND r.of_name = 1 AND r.body IS NOT NULL
        AND (r.dropped_at IS NULL OR r.version_number > r.dropped_at);
END
$function$;

COMMENT ON FUNCTION script_tracking.get_object_parts(pg_catalog.bytea[], pg_catalog.timestamptz) IS
    'The parts of objects (columns, constraints, indexes and so on), each with its definition, as they stood at a moment '
    '(NULL: now), and the execution that gave each part this definition';
