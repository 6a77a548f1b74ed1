-- Returns until when the login may read as an auditor; infinity for another login.
CREATE OR REPLACE FUNCTION script_tracking.auditor_end()
RETURNS pg_catalog.timestamptz
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT coalesce((SELECT a.expires_at FROM script_tracking.current_auditor() AS a), 'infinity')
$function$;

COMMENT ON FUNCTION script_tracking.auditor_end() IS 'Until when the login may read as an auditor; infinity for another login';
