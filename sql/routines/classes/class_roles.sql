-- Returns the roles at a moment, NULL for now. Before maintain first noted them they are taken as it found them then: noted_at is
-- then later than the moment.
CREATE OR REPLACE FUNCTION script_tracking.class_roles(p_moment pg_catalog.timestamptz)
RETURNS TABLE (
    role_name pg_catalog.text,
    is_superuser pg_catalog.bool,
    can_login pg_catalog.bool,
    member_of pg_catalog.text[],
    noted_at pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    v_first CONSTANT pg_catalog.timestamptz := (SELECT min(s.load_date) FROM script_tracking.role_s AS s);
BEGIN
    IF p_moment IS NULL OR v_first IS NULL THEN
        RETURN QUERY SELECT p.*, NULL::pg_catalog.timestamptz FROM script_tracking.present_roles() AS p;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT n.role_name::pg_catalog.text, n.is_superuser, n.can_login, n.member_of::pg_catalog.text[], n.load_date
    FROM (
        SELECT DISTINCT ON (s.role_name) s.* FROM script_tracking.role_s AS s
        WHERE s.load_date <= greatest(p_moment, v_first)
        ORDER BY s.role_name, s.load_date DESC) AS n
    WHERE NOT n.is_dropped;
END
$function$;

COMMENT ON FUNCTION script_tracking.class_roles(pg_catalog.timestamptz) IS
    'The roles at a moment (NULL: now), as maintain noted them';
