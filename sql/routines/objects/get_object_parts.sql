-- Returns the parts of objects as they stood at a moment. A part is alive if its newest row is newest of its kind and name
-- too and does not say that it was dropped: what ALTER TYPE and REINDEX CONCURRENTLY make again has another oid, and nobody is
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
-- The planner takes a few rows for each decoded definition, and would compare each with each.
SET enable_nestloop = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH version AS MATERIALIZED (
        SELECT s.object_hk, s.load_date, s.version_number, s.script_execution_hk, s.definition
        FROM script_tracking.object_s AS s
        WHERE s.object_hk = ANY (p_objects) AND s.load_date <= coalesce(p_moment, 'infinity')
    ), raw AS (
        SELECT v.object_hk, v.load_date, v.version_number, v.script_execution_hk, e.key AS part, e.value,
            count(*) OVER (PARTITION BY v.object_hk, e.key COLLATE "C") - row_number() OVER of_part + 1 AS newest,
            row_number() OVER of_part AS oldest
        FROM version AS v
        CROSS JOIN LATERAL jsonb_each(v.definition) AS e
        WINDOW of_part AS (PARTITION BY v.object_hk, e.key COLLATE "C" ORDER BY v.load_date, v.version_number)
    ), chosen AS MATERIALIZED (
        -- What was made again took the name in its first row.
        SELECT row_number() OVER () AS place, r.* FROM raw AS r WHERE r.newest = 1 OR r.oldest = 1
    ), decoded AS MATERIALIZED (
        -- One call for all: each call costs more than the decoding.
        SELECT split_part(p.part, ' @', 2)::pg_catalog.int8 AS place, p.kind, p.name, p.body
        FROM (SELECT jsonb_object_agg(c.part || ' @' || c.place, c.value) AS merged FROM chosen AS c) AS m
        CROSS JOIN LATERAL script_tracking.object_parts(m.merged) AS p
    ), ranked AS (
        SELECT c.*, d.kind, coalesce(d.name, c.part) AS name, d.body,
            row_number() OVER (PARTITION BY c.object_hk, d.kind, CASE d.kind WHEN 'comment' THEN c.part ELSE coalesce(d.name, c.part) END
                ORDER BY c.load_date DESC, c.version_number DESC, d.body IS NULL) AS of_name,
            max(c.version_number) FILTER (WHERE d.kind = 'object' AND d.body IS NULL) OVER (PARTITION BY c.object_hk) AS dropped_at
        FROM chosen AS c
        JOIN decoded AS d ON d.place = c.place
    ), alive AS MATERIALIZED (
        SELECT r.* FROM ranked AS r
        WHERE r.newest = 1 AND r.of_name = 1 AND r.body IS NOT NULL
            AND (r.dropped_at IS NULL OR r.version_number > r.dropped_at)
    )
    SELECT a.object_hk, a.part, a.kind, a.name, a.body, a.load_date, a.script_execution_hk
    FROM alive AS a
    -- A comment is there as long as what it is about.
    WHERE a.kind <> 'comment' OR (a.object_hk, substr(a.part, 9)) IN (SELECT o.object_hk, o.part FROM alive AS o);
END
$function$;

COMMENT ON FUNCTION script_tracking.get_object_parts(pg_catalog.bytea[], pg_catalog.timestamptz) IS
    'The parts of objects (columns, constraints, indexes and so on), each with its definition, as they stood at a moment '
    '(NULL: now), and the execution that gave each part this definition';
