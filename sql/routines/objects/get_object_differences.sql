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
    -- In a vault: with a source its objects, to which row security limits the session; otherwise those of the vault itself.
    c_source CONSTANT pg_catalog.text := coalesce(current_setting('dbtrack.source', true), '');
    v_until CONSTANT pg_catalog.timestamptz := coalesce(p_until, 'infinity');
    v_objects CONSTANT pg_catalog.bytea[] := coalesce(p_objects, ARRAY(
        SELECT DISTINCT s.object_hk FROM script_tracking.object_s AS s
        WHERE s.load_date > p_since AND s.load_date <= v_until AND (c_source <> '' OR strpos(s.object_bk, '/') = 0)
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
    ), raw AS MATERIALIZED (
        -- In the compact form, as folded_definition reads it: decoding costs more than all the rest.
        SELECT v.object_hk, v.load_date, v.version_number, v.script_execution_hk, v.load_date <= p_since AS is_before,
            e.key COLLATE "C" AS part, e.value, split_part(e.key, ' ', 1) COLLATE "C" AS kind, jsonb_typeof(e.value) AS type,
            CASE WHEN e.key LIKE 'column %' OR e.key LIKE 'comment %' OR strpos(e.key, ' ') = 0 THEN e.key
                WHEN jsonb_typeof(e.value) = 'array' THEN e.value ->> 1
                WHEN jsonb_typeof(e.value) = 'object' THEN e.value ->> 'name'
                ELSE coalesce(e.value #>> '{}', e.key) END COLLATE "C" AS name
        FROM version AS v
        CROSS JOIN LATERAL jsonb_each(v.definition) AS e
    ), touched AS MATERIALIZED (
        SELECT DISTINCT r.object_hk, r.part, r.kind, r.name FROM raw AS r WHERE NOT r.is_before
    ), piece AS MATERIALIZED (
        -- All rows of what can differ: of the parts with a row between the two moments, of what had their names, of what a comment
        -- is about, and of objects that were dropped. What the object itself is says who owns it.
        SELECT r.*, r.type IN ('null', 'string') AS is_dropped
        FROM raw AS r
        LEFT JOIN (SELECT t.object_hk, t.part FROM touched AS t
            UNION SELECT t.object_hk, substr(t.part, 9) FROM touched AS t WHERE t.kind = 'comment') AS own
            ON own.object_hk = r.object_hk AND own.part = r.part
        LEFT JOIN (SELECT DISTINCT t.object_hk, t.kind, t.name FROM touched AS t) AS namesake
            ON namesake.object_hk = r.object_hk AND namesake.kind = r.kind AND namesake.name = r.name
        LEFT JOIN (SELECT DISTINCT t.object_hk FROM touched AS t WHERE t.part = 'object') AS dropped ON dropped.object_hk = r.object_hk
        WHERE r.part IN ('relation', 'definition', 'object') OR own.part IS NOT NULL OR namesake.kind IS NOT NULL
            OR dropped.object_hk IS NOT NULL
    ), old AS MATERIALIZED (
        SELECT r.* FROM (
            SELECT p.*, row_number() OVER of_part AS of_part, row_number() OVER of_name AS of_name,
                max(p.version_number) FILTER (WHERE p.kind = 'object' AND p.is_dropped) OVER (PARTITION BY p.object_hk) AS dropped_at
            FROM piece AS p
            WHERE p.is_before
            WINDOW of_part AS (PARTITION BY p.object_hk, p.part ORDER BY p.load_date DESC, p.version_number DESC),
                of_name AS (PARTITION BY p.object_hk, p.kind, p.name ORDER BY p.load_date DESC, p.version_number DESC, p.is_dropped)) AS r
        WHERE r.of_part = 1 AND r.of_name = 1 AND NOT r.is_dropped
            AND (r.dropped_at IS NULL OR r.version_number > r.dropped_at)
    ), newest AS MATERIALIZED (
        SELECT p.*, row_number() OVER of_part AS of_part, row_number() OVER of_name AS of_name,
            max(p.version_number) FILTER (WHERE p.kind = 'object' AND p.is_dropped) OVER (PARTITION BY p.object_hk) AS dropped_at
        FROM piece AS p
        WINDOW of_part AS (PARTITION BY p.object_hk, p.part ORDER BY p.load_date DESC, p.version_number DESC),
            of_name AS (PARTITION BY p.object_hk, p.kind, p.name ORDER BY p.load_date DESC, p.version_number DESC, p.is_dropped)
    ), new AS MATERIALIZED (
        SELECT r.*, coalesce(same.part, namesake.part, r.part) AS matched
        FROM newest AS r
        LEFT JOIN old AS same ON same.object_hk = r.object_hk AND same.part = r.part
        LEFT JOIN old AS namesake ON same.part IS NULL AND namesake.object_hk = r.object_hk AND namesake.kind = r.kind
            AND namesake.name = r.name AND r.kind NOT IN ('column', 'comment')
        WHERE r.of_part = 1 AND r.of_name = 1 AND NOT r.is_dropped
            AND (r.dropped_at IS NULL OR r.version_number > r.dropped_at)
    ), pair AS MATERIALIZED (
        SELECT row_number() OVER () AS place, coalesce(n.object_hk, o.object_hk) AS object_hk, coalesce(n.part, o.part) AS part,
            coalesce(n.kind, o.kind) AS kind, o.part AS old_part, o.value AS before, n.part AS new_part, n.value AS after,
            n.load_date, n.script_execution_hk
        FROM old AS o
        FULL JOIN new AS n ON n.object_hk = o.object_hk AND n.matched = o.part
        WHERE o.value IS DISTINCT FROM n.value
            -- A comment goes with what it is about.
            AND (coalesce(n.kind, o.kind) <> 'comment' OR (coalesce(n.object_hk, o.object_hk), substr(coalesce(n.part, o.part), 9)) IN (
                SELECT a.object_hk, a.part FROM new AS a))
    ), decoded AS MATERIALIZED (
        -- One call for all: each call costs more than the decoding.
        SELECT split_part(p.part, ' @', 2)::pg_catalog.int8 AS place, split_part(p.part, ' @', 3) AS side, p.name, p.body
        FROM (SELECT jsonb_object_agg(v.key, v.value) AS merged FROM (
            SELECT p.old_part || ' @' || p.place || ' @before' AS key, p.before AS value FROM pair AS p WHERE p.old_part IS NOT NULL
            UNION ALL
            SELECT p.new_part || ' @' || p.place || ' @after', p.after FROM pair AS p WHERE p.new_part IS NOT NULL) AS v) AS m
        CROSS JOIN LATERAL script_tracking.object_parts(m.merged) AS p
    ), whole AS (
        -- Of what is new; of a table the elements of the compact form.
        SELECT n.object_hk, max(CASE n.type WHEN 'array' THEN n.value ->> 3 ELSE n.value ->> 'owner' END) AS owner_name,
            (array_agg(n.value -> 13) FILTER (WHERE n.type = 'array' AND jsonb_typeof(n.value -> 13) = 'array'))[1] AS parents
        FROM new AS n
        WHERE n.part IN ('relation', 'definition')
        GROUP BY n.object_hk
    ), last AS MATERIALIZED (
        -- Who made the difference: the newest row of the part, or the one that dropped the whole object.
        SELECT DISTINCT ON (p.object_hk, p.part) p.object_hk, p.part, p.load_date, p.script_execution_hk
        FROM piece AS p
        WHERE NOT p.is_before
        ORDER BY p.object_hk, p.part, p.load_date DESC, p.version_number DESC
    )
    SELECT c.object_hk, d.object_type, d.old_identity, d.new_identity, w.owner_name, w.parents, d.created_at, c.part, c.kind,
        CASE c.kind WHEN 'comment' THEN coalesce(a.body, b.body) ->> 'name'
            ELSE coalesce(CASE WHEN c.new_part IS NULL THEN b.name ELSE a.name END, c.part) END,
        b.body, a.body, coalesce(c.load_date, l.load_date, g.load_date),
        CASE WHEN c.new_part IS NOT NULL THEN c.script_execution_hk ELSE coalesce(l.script_execution_hk, g.script_execution_hk) END
    FROM pair AS c
    JOIN named AS d ON d.object_hk = c.object_hk
    LEFT JOIN decoded AS b ON b.place = c.place AND b.side = 'before'
    LEFT JOIN decoded AS a ON a.place = c.place AND a.side = 'after'
    LEFT JOIN whole AS w ON w.object_hk = c.object_hk
    LEFT JOIN last AS l ON c.new_part IS NULL AND l.object_hk = c.object_hk AND l.part = c.old_part
    LEFT JOIN last AS g ON c.new_part IS NULL AND g.object_hk = c.object_hk AND g.part = 'object'
    WHERE b.body IS DISTINCT FROM a.body
    ORDER BY coalesce(d.new_identity, d.old_identity), c.object_hk,
        array_position(ARRAY['relation', 'definition', 'column', 'constraint', 'index', 'rule', 'trigger', 'policy', 'comment'],
            c.kind::pg_catalog.text),
        length(c.part), c.part;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_object_differences(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bytea[]) IS
    'What differs between two moments (NULL: now), of these objects or of all that changed: each part before (NULL: it was not '
    'there) and after (NULL: it was dropped), and the execution that changed it last';
