-- Notes which roles there are and what they are members of, where that differs from what was noted last. No event trigger fires
-- for roles, so that maintain looks.
CREATE OR REPLACE FUNCTION script_tracking.note_roles()
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- One time for all roles of a run: class_roles reads the first run as a whole.
    v_now CONSTANT pg_catalog.timestamptz := clock_timestamp();
    v_count pg_catalog.int8;
BEGIN
    INSERT INTO script_tracking.role_s (role_name, load_date, hash_diff, is_superuser, can_login, member_of, is_dropped, record_source)
    SELECT coalesce(p.role_name::pg_catalog.name, n.role_name), v_now,
        script_tracking.calculate_hash_key(jsonb_build_array(p.is_superuser, p.can_login, p.member_of)::pg_catalog.text),
        coalesce(p.is_superuser, false), coalesce(p.can_login, false), coalesce(p.member_of, '{}')::pg_catalog.name[], p.role_name IS NULL,
        script_tracking.record_source('maintain')
    FROM script_tracking.present_roles() AS p
    FULL JOIN (
        SELECT DISTINCT ON (s.role_name) s.* FROM script_tracking.role_s AS s ORDER BY s.role_name, s.load_date DESC
    ) AS n ON n.role_name = p.role_name::pg_catalog.name
    WHERE CASE WHEN p.role_name IS NULL THEN NOT n.is_dropped
        ELSE n.role_name IS NULL OR n.is_dropped OR (n.is_superuser, n.can_login, n.member_of)
            IS DISTINCT FROM (p.is_superuser, p.can_login, p.member_of::pg_catalog.name[]) END;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$function$;

COMMENT ON FUNCTION script_tracking.note_roles() IS 'Notes the roles that differ from what was noted last; for maintain';
