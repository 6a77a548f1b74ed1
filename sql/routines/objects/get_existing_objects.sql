-- Returns the objects that were there at a moment. The order of their first versions is one in which they can be created
-- again.
CREATE OR REPLACE FUNCTION script_tracking.get_existing_objects(
    p_moment pg_catalog.timestamptz DEFAULT NULL,
    p_types pg_catalog.text[] DEFAULT NULL
)
RETURNS TABLE (
    object_hk pg_catalog.bytea,
    object_type pg_catalog.text,
    object_identity pg_catalog.text,
    created_at pg_catalog.timestamptz,
    first_version pg_catalog.int8
)
LANGUAGE plpgsql STABLE ROWS 1000
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
    WITH newest AS (
        SELECT DISTINCT ON (s.object_hk) s.object_hk, s.object_type, s.object_identity, s.definition,
            min(s.version_number) OVER (PARTITION BY s.object_hk) AS first_version,
            min(s.load_date) OVER (PARTITION BY s.object_hk) AS created_at
        FROM script_tracking.object_s AS s
        WHERE s.load_date <= coalesce(p_moment, 'infinity') AND (p_types IS NULL OR s.object_type = ANY (p_types))
            AND (c_source <> '' OR strpos(s.object_bk, '/') = 0)
        ORDER BY s.object_hk, s.load_date DESC, s.version_number DESC
    )
    SELECT n.object_hk, n.object_type, n.object_identity, n.created_at, n.first_version
    FROM newest AS n
    WHERE n.definition -> 'object' IS DISTINCT FROM 'null';
END
$function$;

COMMENT ON FUNCTION script_tracking.get_existing_objects(pg_catalog.timestamptz, pg_catalog.text[]) IS
    'The objects that were there at a moment (NULL: now), of these types (NULL: all)';
