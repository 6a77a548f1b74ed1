-- Returns the objects that a name stands for at a moment: first those that have the name then, in the order of the search
-- path, then those that had it before and were renamed or dropped, the latest first. The name of an index, constraint,
-- trigger or policy leads to its table and to that part of it.
CREATE OR REPLACE FUNCTION script_tracking.get_objects(
    p_name pg_catalog.text,
    p_moment pg_catalog.timestamptz DEFAULT NULL,
    p_schemas pg_catalog.text[] DEFAULT pg_catalog.current_schemas(true)
)
RETURNS TABLE (
    object_hk pg_catalog.bytea,
    object_type pg_catalog.text,
    object_identity pg_catalog.text,
    has_name pg_catalog.bool,
    is_dropped pg_catalog.bool,
    kind pg_catalog.text,
    part_name pg_catalog.text,
    named_from pg_catalog.timestamptz,
    named_until pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE ROWS 2
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    -- In a vault: with a source its objects, to which row security limits the session; otherwise those of the vault itself.
    c_source CONSTANT pg_catalog.text := coalesce(current_setting('dbtrack.source', true), '');
    c_moment CONSTANT pg_catalog.timestamptz := coalesce(p_moment, 'infinity');
    v_names pg_catalog.text[];
    v_places pg_catalog.int4[];
BEGIN
    SELECT array_agg(n.object_identity ORDER BY n.place), array_agg(n.place ORDER BY n.place)
    INTO v_names, v_places
    FROM script_tracking.get_object_names(p_name, p_schemas) AS n;
    RETURN QUERY SELECT * FROM script_tracking.get_named_objects(v_names, v_places, c_moment);
    IF FOUND THEN
        RETURN;
    END IF;
    -- A function that is gone, named without its arguments; an operator class or family without its access method.
    RETURN QUERY SELECT o.* FROM script_tracking.get_named_objects(ARRAY(
        SELECT DISTINCT s.object_identity FROM script_tracking.object_s AS s
        WHERE s.load_date <= c_moment AND (c_source <> '' OR strpos(s.object_bk, '/') = 0) AND s.object_identity LIKE ANY (ARRAY(
            SELECT replace(replace(replace(n.name, '\', '\\'), '_', '\_'), '%', '\%') || e.rest
            FROM unnest(v_names) AS n (name) CROSS JOIN (VALUES ('(%'), (' USING %')) AS e (rest)))
    ), NULL, c_moment) AS o;
    IF FOUND THEN
        RETURN;
    END IF;
    -- A part: of a table that is there now, or one that some DDL dropped.
    RETURN QUERY
    SELECT o.object_hk, o.object_type, o.object_identity, o.has_name, o.is_dropped, 'index', c.relname::pg_catalog.text,
        o.named_from, o.named_until
    FROM unnest(v_names) WITH ORDINALITY AS n (name, place)
    JOIN pg_class AS c ON c.oid = to_regclass(n.name) AND c.relkind IN ('i', 'I') AND c_source = ''
    JOIN pg_index AS i ON i.indexrelid = c.oid
    CROSS JOIN LATERAL pg_identify_object('pg_class'::regclass, i.indrelid, 0) AS t
    CROSS JOIN LATERAL script_tracking.get_named_objects(ARRAY[t.identity], NULL, c_moment) AS o
    ORDER BY n.place
    LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH dropped AS MATERIALIZED (
        SELECT e.script_execution_hk, e.load_date
        FROM script_tracking.script_execution_s AS e
        WHERE e.affected_objects && v_names AND e.load_date <= c_moment AND e.script_type = 'DDL_AUTO'
        ORDER BY e.load_date DESC
        LIMIT 20
    )
    SELECT s.object_hk, s.object_type, s.object_identity, false, false, p.kind, p.name, NULL::pg_catalog.timestamptz, s.load_date
    FROM dropped AS d
    JOIN script_tracking.object_s AS s ON s.load_date = d.load_date AND s.script_execution_hk = d.script_execution_hk
    CROSS JOIN LATERAL script_tracking.object_parts(s.definition) AS p
    WHERE p.kind IN ('index', 'constraint') AND (c_source <> '' OR strpos(s.object_bk, '/') = 0)
        AND EXISTS (SELECT FROM unnest(v_names) AS n (name) WHERE (parse_ident(n.name))[cardinality(parse_ident(n.name))] = p.name)
    ORDER BY s.load_date DESC
    LIMIT 1;
    IF FOUND OR c_source = '' THEN
        RETURN;
    END IF;
    -- Of a source of a vault, the record must say what the catalogs say elsewhere.
    RETURN QUERY
    SELECT o.object_hk, o.object_type, o.object_identity, o.has_name, o.is_dropped, p.kind, p.name, o.named_from, o.named_until
    FROM unnest(v_names) WITH ORDINALITY AS n (name, place)
    CROSS JOIN LATERAL (SELECT parse_ident(n.name) AS words) AS w
    JOIN script_tracking.object_s AS s ON s.load_date <= c_moment AND s.object_type IN ('table', 'materialized view')
        AND strpos(s.definition::pg_catalog.text, to_jsonb(w.words[2])::pg_catalog.text) > 0
        AND starts_with(s.object_identity, quote_ident(w.words[1]) || '.')
    CROSS JOIN LATERAL script_tracking.object_parts(s.definition) AS p
    CROSS JOIN LATERAL script_tracking.get_named_objects(ARRAY[s.object_identity], NULL, c_moment) AS o
    WHERE p.kind = 'index' AND p.name = w.words[2] AND o.object_hk = s.object_hk
    ORDER BY n.place, s.load_date DESC
    LIMIT 1;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_objects(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text[]) IS
    'The objects that a name stands for at a moment (NULL: now), as PostgreSQL reads it; after those that have the name then, '
    'those that had it before; and for the name of an index its table and the part';
