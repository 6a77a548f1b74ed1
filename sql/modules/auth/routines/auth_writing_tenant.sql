-- Returns the tenant for which an attempt is recorded, and for which dbtrack's own store acts: the named tenant if it
-- exists and is the caller's, otherwise the caller's own.
CREATE OR REPLACE FUNCTION script_tracking.auth_writing_tenant(
    p_tenant_hk pg_catalog.bytea,
    OUT o_tenant_hk pg_catalog.bytea,
    OUT o_is_allowed pg_catalog.bool
)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    o_tenant_hk := script_tracking.writing_tenant(p_tenant_hk);
    o_is_allowed := true;
EXCEPTION WHEN SQLSTATE 'DT003' OR SQLSTATE 'DT004' THEN
    o_tenant_hk := script_tracking.writing_tenant(NULL);
    o_is_allowed := false;
END
$function$;

COMMENT ON FUNCTION script_tracking.auth_writing_tenant(pg_catalog.bytea) IS
    'The tenant that an attempt is recorded for, and whether it is the one that was named';
