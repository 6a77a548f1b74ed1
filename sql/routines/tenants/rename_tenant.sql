-- Gives a tenant another name for people to read. Its business key stays, because the hash key is made from it.
CREATE OR REPLACE FUNCTION script_tracking.rename_tenant(tenant pg_catalog.text, tenant_name pg_catalog."varchar")
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    IF tenant_name IS NULL THEN
        RAISE EXCEPTION 'a tenant''s name must have 1 to 255 characters' USING ERRCODE = 'DT006';
    END IF;
    PERFORM script_tracking.add_tenant_version(
        script_tracking.resolve_tenant(tenant), tenant_name, NULL, 'rename_tenant');
END
$function$;

COMMENT ON FUNCTION script_tracking.rename_tenant(pg_catalog.text, pg_catalog."varchar") IS
    'Gives a tenant another name; its business key and its earlier names stay';
