-- Returns the grantees that a GRANT or REVOKE names, as far as these roles exist.
CREATE OR REPLACE FUNCTION script_tracking.named_grantees(p_names pg_catalog.jsonb)
RETURNS SETOF pg_catalog.text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN QUERY
    SELECT CASE n.name WHEN 'public' THEN 'PUBLIC' ELSE coalesce(r.rolname, session_user) END::pg_catalog.text
    FROM jsonb_array_elements_text(p_names) AS n (name)
    LEFT JOIN pg_catalog.pg_roles AS r ON r.rolname = n.name
    WHERE r.rolname IS NOT NULL OR n.name IN ('public', 'current_user', 'current_role', 'session_user');
END
$function$;

COMMENT ON FUNCTION script_tracking.named_grantees(pg_catalog.jsonb) IS 'The grantees that a GRANT or REVOKE names';
