-- Returns the objects that have, or had before a moment, one of these identities; for get_objects.
CREATE OR REPLACE FUNCTION script_tracking.get_named_objects(
    p_names pg_catalog.text[],
    p_places pg_catalog.int4[],
    p_moment pg_catalog.timestamptz
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
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    -- In a vault: with a source its objects, to which row security limits the session; otherwise those of the vault itself.
    c_source CONSTANT pg_catalog.text := coalesce(current_setting('dbtrack.source', true), '');
BEGIN
    RETURN QUERY
    WITH named AS MATERIALIZED (
        SELECT s.object_hk, min(s.load_date) AS named_from, max(s.load_date) AS last_named,
            max(array_position(p_names, s.object_identity)) AS position
        FROM script_tracking.object_s AS s
        WHERE s.object_identity = ANY (p_names) AND s.load_date <= p_moment AND (c_source <> '' OR strpos(s.object_bk, '/') = 0)
        GROUP BY s.object_hk
    ), state AS (
        SELECT n.*, l.object_type, l.object_identity, l.object_identity = ANY (p_names) AS has_name,
            coalesce(l.definition -> 'object' = 'null', false) AS is_dropped,
            l.load_date,
            (SELECT min(s.load_date) FROM script_tracking.object_s AS s
                WHERE s.object_hk = n.object_hk AND s.load_date > n.last_named AND s.load_date <= p_moment) AS renamed_at
        FROM named AS n
        CROSS JOIN LATERAL (
            SELECT s.* FROM script_tracking.object_s AS s
            WHERE s.object_hk = n.object_hk AND s.load_date <= p_moment
            ORDER BY s.load_date DESC
            LIMIT 1) AS l
        OFFSET 0
    )
    SELECT s.object_hk, s.object_type, s.object_identity, s.has_name AND NOT s.is_dropped, s.is_dropped,
        NULL::pg_catalog.text, NULL::pg_catalog.text, s.named_from,
        CASE WHEN s.has_name AND s.is_dropped THEN s.load_date WHEN NOT s.has_name THEN s.renamed_at END
    FROM state AS s
    ORDER BY s.has_name AND NOT s.is_dropped DESC, coalesce(p_places[s.position], 0), s.last_named DESC;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_named_objects(pg_catalog.text[], pg_catalog.int4[], pg_catalog.timestamptz) IS
    'The objects that have, or had before a moment, one of these identities; for the functions of dbtrack';
