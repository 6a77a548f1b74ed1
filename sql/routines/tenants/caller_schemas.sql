-- Returns the schemas that are mapped to the tenants whose records the login may see.
CREATE OR REPLACE FUNCTION script_tracking.caller_schemas()
RETURNS pg_catalog.name[]
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT ARRAY(
        SELECT l.schema_name::pg_catalog.name FROM script_tracking.tenant_schema_l AS l
        WHERE l.tenant_hk = ANY (script_tracking.caller_tenants()))
$function$;

COMMENT ON FUNCTION script_tracking.caller_schemas() IS 'The schemas that are mapped to the tenants whose records the login may see';
