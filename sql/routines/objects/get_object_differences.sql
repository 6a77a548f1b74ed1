-- Returns what differs between two moments: of some objects, or of all that changed between them. What changed and changed
-- back is not a difference. Of a part that PostgreSQL made again under another oid, the old and the new definition are compared.
CREATE OR REPLACE FUNCTION script_tracking.get_object_differences(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz DEFAULT NULL,
    p_objects pg_catalog.bytea[] DEFAULT NULL
)
RETURNS TABLE (
    object_hk pg_catalog.bytea,
    object_type pg_catalog.text,
    old_identity pg_catalog.text,
    new_identity pg_catalog.text,
    owner_name pg_catalog.text,
    parents pg_catalog.jsonb,
    created_at pg_catalog.timestamptz,
    part pg_catalog.text,
    kind pg_catalog.text,
    name pg_catalog.text,
    before pg_catalog.jsonb,
    after pg_catalog.jsonb,
    load_date pg_catalog.timestamptz,
    script_execution_hk pg_catalog.bytea
)
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
-- The planner takes a few rows for each decoded definition, and would compare each with each.
SET enable_nestloop = off
AS $function$
#variable_conflict use_column
DECLARE
    v_until CONSTANT pg_catalog.timestamptz := coalesce(p_until, 'infinity');
    v_objects CONSTANT pg_catalog.bytea[] := coalesce(p_objects, ARRAY(
        SELECT DISTINCT s.object_hk FROM script_tracking.object_s AS s
        WHERE s.load_date > p_since AND s.load_date <= v_until
            -- What a restore gave another oid is compared under the new one.
            AND (s.cause <> 'restored' OR NOT EXISTS (SELECT FROM script_tracking.object_same_l AS l
                WHERE l.old_object_hk = s.object_hk AND l.load_date = s.load_date))
        EXCEPT
        SELECT l.old_object_hk FROM script_tracking.object_same_l AS l
        WHERE l.load_date > p_since AND l.load_date <= v_until AND NOT EXISTS (SELECT FROM script_tracking.object_s AS s
            WHERE s.object_hk = l.old_object_hk AND s.load_date > l.load_date)));
BEGIN
    RETURN QUERY
    WITH version AS MATERIALIZED (
        SELECT s.object_hk, s.load_date, s.version_number, s.script_execution_hk, s.object_type, s.object_identity, s.definition
        FROM script_tracking.object_s AS s
        WHERE s.object_hk = ANY (v_objects) AND s.load_date <= v_until
        UNION ALL
        SELECT e.object_hk, e.load_date, e.version_number, e.script_execution_hk, e.object_type, e.object_identity, e.definition
        FROM script_tracking.earlier_versions(v_objects, v_until) AS e
    ), named AS (
        SELECT v.object_hk, min(v.load_date) AS created_at,
            (array_agg(v.object_type ORDER BY v.load_date DESC, v.version_number DESC))[1] AS object_type,
            (array_agg(v.object_identity ORDER BY v.load_date DESC, v.version_number DESC)
                FILTER (WHERE v.load_date <= p_since))[1] AS old_identity,
            (array_agg(v.object_identity ORDER BY v.load_date DESC, v.version_number DESC))[1] AS new_identity
        FROM version AS v
        GROUP BY v.object_hk
    ), raw AS (
        SELECT v.object_hk, v.load_date, v.version_number, e.key AS part, e.value,
            row_number() OVER (PARTITION BY v.object_hk, e.key, v.load_date <= p_since
                ORDER BY v.load_date DESC, v.version_number DESC) AS newest,
            row_number() OVER (PARTITION BY v.object_hk, e.key ORDER BY v.load_date, v.version_number) AS oldest
        FROM version AS v
        CROSS JOIN LATERAL jsonb_each(v.definition) AS e
    ), chosen AS MATERIALIZED (
        -- The newest of each part before and after, and the first: what was made again took the name in its first row.
        SELECT r.* FROM raw AS r WHERE r.newest = 1 OR r.oldest = 1
    ), decoded AS MATERIALIZED (
        -- One call for all: each call costs more than the decoding.
        SELECT split_part(p.part, ' @', 1) AS part, split_part(p.part, ' @', 2)::pg_catalog.int8 AS version_number, p.kind, p.name,
            p.body
        FROM (SELECT jsonb_object_agg(c.part || ' @' || c.version_number, c.value) AS merged FROM chosen AS c) AS m
        CROSS JOIN LATERAL script_tracking.object_parts(m.merged) AS p
    ), piece AS MATERIALIZED (
        SELECT v.object_hk, v.load_date, v.version_number, v.script_execution_hk, v.load_date <= p_since AS is_before, d.part, d.kind,
            CASE d.kind WHEN 'comment' THEN d.part ELSE coalesce(d.name, d.part) END AS name, d.body
        FROM decoded AS d
        JOIN version AS v ON v.version_number = d.version_number
    ), old AS MATERIALIZED (
        SELECT r.* FROM (
            SELECT p.*, row_number() OVER of_part AS of_part,
                row_number() OVER of_name AS of_name,
                max(p.version_number) FILTER (WHERE p.kind = 'object' AND p.body IS NULL) OVER (PARTITION BY p.object_hk) AS dropped_at
            FROM piece AS p
            WHERE p.is_before
            WINDOW of_part AS (PARTITION BY p.object_hk, p.part ORDER BY p.load_date DESC, p.version_number DESC),
                of_name AS (PARTITION BY p.object_hk, p.kind, p.name ORDER BY p.load_date DESC, p.version_number DESC, p.body IS NULL)) AS r
        WHERE r.of_part = 1 AND r.of_name = 1 AND r.body IS NOT NULL
            AND (r.dropped_at IS NULL OR r.version_number > r.dropped_at)
    ), newest AS MATERIALIZED (
        SELECT p.*, row_number() OVER of_part AS of_part,
            row_number() OVER of_name AS of_name,
            max(p.version_number) FILTER (WHERE p.kind = 'object' AND p.body IS NULL) OVER (PARTITION BY p.object_hk) AS dropped_at
        FROM piece AS p
        WINDOW of_part AS (PARTITION BY p.object_hk, p.part ORDER BY p.load_date DESC, p.version_number DESC),
            of_name AS (PARTITION BY p.object_hk, p.kind, p.name ORDER BY p.load_date DESC, p.version_number DESC, p.body IS NULL)
    ), new AS MATERIALIZED (
        SELECT r.*, coalesce(same.part, namesake.part, r.part) AS matched
        FROM newest AS r
        LEFT JOIN old AS same ON same.object_hk = r.object_hk AND same.part = r.part
        LEFT JOIN old AS namesake ON same.part IS NULL AND namesake.object_hk = r.object_hk AND namesake.kind = r.kind
            AND namesake.name = r.name AND r.kind NOT IN ('column', 'comment')
        WHERE r.of_part = 1 AND r.of_name = 1 AND r.body IS NOT NULL
            AND (r.dropped_at IS NULL OR r.version_number > r.dropped_at)
    ), whole AS (
        SELECT n.object_hk, max(n.body ->> 'owner') AS owner_name,
            (array_agg(n.body -> 'parents') FILTER (WHERE jsonb_typeof(n.body -> 'parents') = 'array'))[1] AS parents
        FROM new AS n
        WHERE n.kind IN ('relation', 'definition')
        GROUP BY n.object_hk
    ), last AS (
        -- Who made the difference: the newest row of the part, or the one that dropped the whole object.
        SELECT DISTINCT ON (p.object_hk, p.part) p.object_hk, p.part, p.load_date, p.script_execution_hk
        FROM piece AS p
        WHERE NOT p.is_before
        ORDER BY p.object_hk, p.part, p.load_date DESC, p.version_number DESC
    )
    SELECT coalesce(n.object_hk, o.object_hk), d.object_type, d.old_identity, d.new_identity, w.owner_name, w.parents, d.created_at,
        coalesce(n.part, o.part),
        coalesce(n.kind, o.kind),
        CASE coalesce(n.kind, o.kind) WHEN 'comment' THEN coalesce(n.body, o.body) ->> 'name' ELSE coalesce(n.name, o.name) END,
        o.body, n.body,
        coalesce(n.load_date, l.load_date, g.load_date),
        CASE WHEN n.part IS NOT NULL THEN n.script_execution_hk ELSE coalesce(l.script_execution_hk, g.script_execution_hk) END
    FROM old AS o
    FULL JOIN new AS n ON n.object_hk = o.object_hk AND n.matched = o.part
    JOIN named AS d ON d.object_hk = coalesce(n.object_hk, o.object_hk)
    LEFT JOIN whole AS w ON w.object_hk = d.object_hk
    LEFT JOIN last AS l ON n.part IS NULL AND l.object_hk = o.object_hk AND l.part = o.part
    LEFT JOIN last AS g ON n.part IS NULL AND g.object_hk = o.object_hk AND g.part = 'object'
    WHERE o.body IS DISTINCT FROM n.body
        -- A comment goes with what it is about.
        AND (coalesce(n.kind, o.kind) <> 'comment' OR EXISTS (SELECT FROM new AS a
            WHERE a.object_hk = coalesce(n.object_hk, o.object_hk) AND a.part = substr(coalesce(n.part, o.part), 9)))
    ORDER BY coalesce(d.new_identity, d.old_identity), coalesce(n.object_hk, o.object_hk),
        array_position(ARRAY['relation', 'definition', 'column', 'constraint', 'index', 'rule', 'trigger', 'policy', 'comment'],
            coalesce(n.kind, o.kind)),
        length(coalesce(n.part, o.part)), coalesce(n.part, o.part);
END
$function$;

COMMENT ON FUNCTION script_tracking.get_object_differences(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bytea[]) IS
    'What differs between two moments (NULL: now), of these objects or of all that changed: each part before (NULL: it was not '
    'there) and after (NULL: it was dropped), and the execution that changed it last';
