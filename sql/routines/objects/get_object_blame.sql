-- Returns for each part of an object when and by which execution it was added and last changed. A part that PostgreSQL made
-- again under another oid (ALTER TYPE, REINDEX CONCURRENTLY) is the same part; one that was dropped and created again is not.
-- Versions that only follow the renaming of something else are no change.
CREATE OR REPLACE FUNCTION script_tracking.get_object_blame(
    p_object pg_catalog.bytea,
    p_moment pg_catalog.timestamptz DEFAULT NULL
)
RETURNS TABLE (
    part pg_catalog.text,
    kind pg_catalog.text,
    name pg_catalog.text,
    body pg_catalog.jsonb,
    is_dropped pg_catalog.bool,
    changes pg_catalog.int8,
    added_at pg_catalog.timestamptz,
    added_by pg_catalog.bytea,
    added_cause pg_catalog.text,
    changed_at pg_catalog.timestamptz,
    changed_by pg_catalog.bytea,
    changed_cause pg_catalog.text
)
LANGUAGE plpgsql STABLE ROWS 50
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
-- The planner takes a few rows for each decoded definition, and would compare each with each.
SET enable_nestloop = off
AS $function$
#variable_conflict use_column
DECLARE
    c_began CONSTANT pg_catalog.timestamptz := script_tracking.object_began(p_object, p_moment);
BEGIN
    RETURN QUERY
    WITH RECURSIVE version AS MATERIALIZED (
        SELECT s.load_date, s.version_number, s.script_execution_hk, s.cause::pg_catalog.text AS cause, s.definition
        FROM script_tracking.object_s AS s
        WHERE s.object_hk = p_object AND s.load_date <= coalesce(p_moment, 'infinity') AND s.load_date > c_began
        UNION ALL
        SELECT e.load_date, e.version_number, e.script_execution_hk, e.cause, e.definition
        FROM script_tracking.earlier_versions(ARRAY[p_object], p_moment) AS e
    ), raw AS (
        SELECT v.load_date, v.version_number, v.script_execution_hk, v.cause, e.key AS part, e.value,
            e.value IS DISTINCT FROM lag(e.value) OVER of_part AS is_change,
            count(*) OVER (PARTITION BY e.key COLLATE "C") - row_number() OVER of_part + 1 AS newest,
            row_number() OVER of_part AS number
        FROM version AS v
        CROSS JOIN LATERAL jsonb_each(v.definition) AS e
        WINDOW of_part AS (PARTITION BY e.key COLLATE "C" ORDER BY v.load_date, v.version_number)
    ), counted AS (
        SELECT r.*, sum(CASE WHEN r.is_change THEN 1 ELSE 0 END) OVER (PARTITION BY r.part) AS changes
        FROM raw AS r
    ), chosen AS MATERIALIZED (
        -- The last change is among the last versions, but for privileges, which change the part of the whole object.
        SELECT row_number() OVER () AS place, c.* FROM counted AS c
        WHERE c.number = 1 OR c.newest <= 20 OR (c.is_change AND c.part IN ('relation', 'definition'))
    ), decoded AS MATERIALIZED (
        -- One call for all: each call costs more than the decoding.
        SELECT split_part(p.part, ' @', 2)::pg_catalog.int8 AS place, p.kind, p.name, p.body
        FROM (SELECT jsonb_object_agg(c.part || ' @' || c.place, c.value) AS merged FROM chosen AS c) AS m
        CROSS JOIN LATERAL script_tracking.object_parts(m.merged) AS p
    ), piece AS MATERIALIZED (
        SELECT c.load_date, c.version_number, c.script_execution_hk, c.cause, c.part, d.kind, coalesce(d.name, c.part) AS name, d.body,
            c.number, c.changes, lag(c.part) OVER of_name AS namesake, lag(d.body) OVER of_name AS namesake_body,
            lag(c.version_number) OVER of_name AS namesake_version
        FROM decoded AS d
        JOIN chosen AS c ON c.place = d.place
        WINDOW of_name AS (PARTITION BY d.kind, CASE d.kind WHEN 'comment' THEN c.part ELSE coalesce(d.name, c.part) END
            ORDER BY c.load_date, c.version_number, d.body IS NOT NULL)
    ), first AS MATERIALIZED (
        SELECT p.part, CASE WHEN p.kind NOT IN ('column', 'comment') AND p.namesake <> p.part AND p.namesake_body IS NOT NULL
                AND p.namesake_version = (SELECT max(o.version_number) FROM piece AS o WHERE o.part = p.namesake)
            THEN p.namesake ELSE p.part END AS made_of
        FROM piece AS p
        WHERE p.number = 1
    ), lineage (part, root) AS (
        SELECT f.part, f.part FROM first AS f WHERE f.made_of = f.part
        UNION ALL
        SELECT f.part, l.root FROM lineage AS l JOIN first AS f ON f.made_of = l.part AND f.part <> l.part
    ), step AS (
        SELECT p.*, l.root, row_number() OVER w AS place, lag(p.body) OVER w AS before,
            p.body - 'acl' AS plain, lag(p.body - 'acl') OVER w AS plain_before
        FROM piece AS p
        JOIN lineage AS l ON l.part = p.part
        -- The remains of the old one first: what a part became is its last row.
        WINDOW w AS (PARTITION BY l.root ORDER BY p.load_date, p.version_number, p.body IS NOT NULL)
    ), change AS (
        SELECT s.* FROM step AS s
        -- Privileges have lines of their own.
        WHERE s.place = 1 OR (s.plain IS DISTINCT FROM s.plain_before AND s.cause <> 'follows')
    ), total AS (
        SELECT c.root, max(c.changes)::pg_catalog.int8 AS changes, max(c.place) AS last_place FROM change AS c GROUP BY c.root
    ), newest AS (
        SELECT DISTINCT ON (s.root) s.root, s.part, s.kind, s.name, s.body, s.before, s.version_number
        FROM step AS s
        ORDER BY s.root, s.place DESC
    ), gone AS (
        SELECT p.load_date, p.version_number, p.script_execution_hk, p.cause
        FROM piece AS p
        WHERE p.kind = 'object' AND p.body IS NULL
        ORDER BY p.version_number DESC
        LIMIT 1
    )
    SELECT n.part, n.kind, CASE WHEN n.body IS NULL THEN coalesce(n.before ->> 'name', n.name) ELSE n.name END,
        coalesce(n.body, n.before), n.body IS NULL OR coalesce(g.version_number >= n.version_number, false), t.changes, a.load_date,
        a.script_execution_hk, a.cause,
        CASE WHEN n.body IS NOT NULL AND g.version_number >= n.version_number THEN g.load_date ELSE c.load_date END,
        CASE WHEN n.body IS NOT NULL AND g.version_number >= n.version_number THEN g.script_execution_hk ELSE c.script_execution_hk END,
        CASE WHEN n.body IS NOT NULL AND g.version_number >= n.version_number THEN g.cause ELSE c.cause END
    FROM newest AS n
    JOIN total AS t ON t.root = n.root
    JOIN step AS a ON a.root = n.root AND a.place = 1
    JOIN step AS c ON c.root = n.root AND c.place = t.last_place
    LEFT JOIN gone AS g ON true
    WHERE n.kind <> 'object'
    ORDER BY array_position(
            ARRAY['relation', 'definition', 'column', 'constraint', 'index', 'rule', 'trigger', 'policy', 'comment'], n.kind),
        CASE WHEN n.kind = 'column' THEN substr(n.part, 8)::pg_catalog.int4 END, n.name;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_object_blame(pg_catalog.bytea, pg_catalog.timestamptz) IS
    'When and by which execution each part of an object (column, constraint, index and so on) was added and last changed, until '
    'a moment (NULL: now); of a part that was dropped, the last change is that';
