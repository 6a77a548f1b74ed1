-- Returns whether the login is an auditor of everything, and its time has not passed.
CREATE OR REPLACE FUNCTION script_tracking.auditor_sees_all()
RETURNS pg_catalog.bool
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT EXISTS (SELECT FROM script_tracking.current_auditor() AS a
        WHERE a.reaches_hk IS NULL AND a.expires_at > clock_timestamp())
$function$;

COMMENT ON FUNCTION script_tracking.auditor_sees_all() IS 'Whether the login is an auditor of all tenants and the platform';
