-- Returns the hash keys of tenants; NULL for NULL, which means all events.
CREATE OR REPLACE FUNCTION script_tracking.event_tenants(p_tenants pg_catalog.text[])
RETURNS pg_catalog.bytea[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN p_tenants IS NOT NULL
        THEN ARRAY(SELECT script_tracking.resolve_tenant(t.tenant) FROM unnest(p_tenants) AS t (tenant)) END
$function$;

COMMENT ON FUNCTION script_tracking.event_tenants(pg_catalog.text[]) IS 'The hash keys of tenants by name; NULL for NULL';
