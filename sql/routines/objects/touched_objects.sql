-- Returns the objects whose definition a DDL command may have changed, each once: those that it names, the relations that its
-- parts belong to and all their descendants, of which the event names only the first, the relations that lost a part, and after
-- a change of name whatever mentions it.
--
-- p_dropped: as captured_history has it
-- p_is_renamed: whether a name may have changed
-- p_is_wide: whether the owner, the schema or the persistence may have changed, which a table's sequences share, or a type, with which
--   the foreign keys to the table are created again
-- cause: captured or follows
-- named: the parts of the relation that the command names
-- attribute: a column that it names by its default or its sequence
-- dropped: the parts that the relation lost, with their names
CREATE OR REPLACE FUNCTION script_tracking.touched_objects(
    p_command_tag pg_catalog.text,
    p_catalogs pg_catalog.oid[],
    p_objects pg_catalog.oid[],
    p_dropped pg_catalog.jsonb,
    p_is_renamed pg_catalog.bool,
    p_is_wide pg_catalog.bool
)
RETURNS TABLE (
    catalog pg_catalog.oid,
    object pg_catalog.oid,
    cause pg_catalog.text,
    named pg_catalog.oid[],
    attribute pg_catalog.int4,
    dropped pg_catalog.jsonb
)
LANGUAGE plpgsql VOLATILE ROWS 2
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH RECURSIVE told AS MATERIALIZED (
        SELECT n.catalog, n.object FROM unnest(p_catalogs, p_objects) AS n (catalog, object) WHERE n.object <> 0
        UNION
        SELECT 6104::pg_catalog.oid, split_part(d.value ->> 0, ':', 2)::pg_catalog.oid
        FROM jsonb_array_elements(p_dropped) AS d WHERE d.value ->> 0 LIKE 'pg@_publication:%' ESCAPE '@' AND d.value ->> 1 = ''
    ), owner AS (
        SELECT t.catalog, t.object, o.catalog AS owner_catalog, o.object AS owner, o.part,
            o.column_number
        FROM told AS t
        CROSS JOIN LATERAL script_tracking.owner_of_part(t.catalog, t.object) AS o
    ), tree AS (
        SELECT o.owner FROM owner AS o WHERE o.owner_catalog = 1259 AND p_command_tag <> 'COMMENT'
        UNION
        -- CASCADE alters the tables of a type, too.
        SELECT c.oid FROM told AS t
        JOIN pg_class AS y ON t.catalog = 1259 AND y.oid = t.object
        JOIN pg_depend AS d ON d.refclassid = 1247 AND d.refobjid = y.reltype AND d.classid = 1259
        JOIN pg_class AS c ON c.oid = d.objid AND c.reloftype = y.reltype
        WHERE p_command_tag = 'ALTER TYPE'
        UNION
        SELECT n.relation FROM tree AS t
        CROSS JOIN LATERAL (
            SELECT i.inhrelid AS relation FROM pg_inherits AS i WHERE i.inhparent = t.owner
            UNION ALL
            SELECT d.objid FROM pg_depend AS d
            WHERE p_is_wide AND d.refclassid = 1259 AND d.refobjid = t.owner AND d.classid = 1259 AND d.deptype = 'a'
                AND d.refobjsubid > 0
            UNION ALL
            SELECT o.conrelid FROM pg_depend AS d
            JOIN pg_constraint AS o ON o.oid = d.objid AND o.contype = 'f' AND age(o.xmin) <= 0
            WHERE p_is_wide AND d.refclassid = 1259 AND d.refobjid = t.owner AND d.classid = 2606
        ) AS n
    ), lost AS MATERIALIZED (
        SELECT split_part(d.value ->> 0, ':', 2)::pg_catalog.oid AS relation,
            jsonb_object_agg(d.value ->> 1, d.value -> 4) FILTER (WHERE d.value ->> 1 <> '') AS parts
        FROM jsonb_array_elements(p_dropped) AS d
        WHERE d.value ->> 1 IS NOT NULL AND d.value ->> 0 LIKE 'pg@_class:%' ESCAPE '@'
        GROUP BY 1
    ), name AS MATERIALIZED (
        -- What is renamed, all that a renamed schema contains, and the types of their rows and arrays.
        SELECT m.catalog, m.object
        FROM (
            SELECT t.catalog, t.object FROM told AS t WHERE p_is_renamed
            UNION
            SELECT d.classid, d.objid FROM told AS t
            JOIN pg_depend AS d ON d.refclassid = 2615 AND d.refobjid = t.object
            WHERE p_is_renamed AND t.catalog = 2615
            UNION
            -- A table that moves to another schema takes its sequences there.
            SELECT d.classid, d.objid FROM told AS t
            JOIN pg_depend AS d ON d.refclassid = 1259 AND d.refobjid = t.object AND d.classid = 1259 AND d.deptype = 'a'
                AND d.refobjsubid > 0
            WHERE p_is_renamed AND t.catalog = 1259
        ) AS n
        LEFT JOIN pg_class AS c ON n.catalog = 1259 AND c.oid = n.object
        LEFT JOIN pg_type AS y ON y.oid = CASE n.catalog WHEN 1247 THEN n.object ELSE c.reltype END
        CROSS JOIN LATERAL (VALUES (n.catalog, n.object), (1247, y.oid), (1247, y.typarray)) AS m (catalog, object)
        WHERE m.object <> 0
    ), follower AS (
        SELECT o.catalog, o.object
        FROM (SELECT DISTINCT d.classid, d.objid
            FROM name AS n
            JOIN pg_depend AS d ON d.refclassid = n.catalog AND d.refobjid = n.object
            -- Not the defaults, constraints, triggers and policies of the renamed table: they are its own parts.
            WHERE NOT (n.catalog = 1259 AND d.classid IN (2604, 2606, 2620, 3256) AND d.deptype IN ('a', 'i'))) AS d
        CROSS JOIN LATERAL script_tracking.owner_of_part(d.classid, d.objid) AS o
        UNION
        SELECT o.catalog, o.object
        FROM name AS n
        CROSS JOIN LATERAL script_tracking.owner_of_part(n.catalog, n.object) AS o
    ), captured AS (
        SELECT u.catalog, u.object, array_agg(u.part) FILTER (WHERE u.part IS NOT NULL) AS named,
            max(u.column_number) AS column_number
        FROM (
            SELECT o.owner_catalog AS catalog, o.owner AS object, o.part, o.column_number FROM owner AS o
            UNION ALL
            SELECT 1259, t.owner, NULL, NULL FROM tree AS t
            UNION ALL
            SELECT 1259, l.relation, NULL, NULL FROM lost AS l
        ) AS u
        GROUP BY 1, 2
    )
    SELECT c.catalog, c.object, 'captured',
        c.named, c.column_number, l.parts
    FROM captured AS c
    LEFT JOIN lost AS l ON c.catalog = 1259 AND l.relation = c.object
    WHERE c.catalog <> 1259 OR p_command_tag <> 'COMMENT'
    UNION ALL
    SELECT f.catalog, f.object, 'follows', NULL, NULL, NULL
    FROM follower AS f
    WHERE NOT EXISTS (SELECT FROM captured AS c WHERE c.catalog = f.catalog AND c.object = f.object)
        AND NOT EXISTS (SELECT FROM pg_depend AS e
            WHERE e.classid = f.catalog AND e.objid = f.object AND e.deptype = 'e');
END
$function$;

COMMENT ON FUNCTION script_tracking.touched_objects(
    pg_catalog.text, pg_catalog.oid[], pg_catalog.oid[], pg_catalog.jsonb, pg_catalog.bool, pg_catalog.bool) IS
    'The objects whose definition a DDL command may have changed';
