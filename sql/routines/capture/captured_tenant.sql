-- Returns the tenant of a DDL command: the tenant that the transaction proved, otherwise that of the login, otherwise
-- that of the command's schemas.
CREATE OR REPLACE FUNCTION script_tracking.captured_tenant(p_schemas pg_catalog.text[])
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN coalesce(
        script_tracking.own_tenant(),
        -- One tenant for all its schemas, or none.
        (SELECT decode(max(encode(l.tenant_hk, 'hex')), 'hex') FROM script_tracking.tenant_schema_l AS l
         WHERE l.schema_name = ANY (p_schemas::pg_catalog.name[]) HAVING count(DISTINCT l.tenant_hk) = 1));
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_tenant(pg_catalog.text[]) IS 'The tenant that a DDL command belongs to';
