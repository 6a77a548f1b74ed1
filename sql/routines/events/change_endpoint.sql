-- Changes what an endpoint gets, or its configuration; NULL leaves a part as it is. An empty array of tenants: all events.
CREATE OR REPLACE FUNCTION script_tracking.change_endpoint(
    p_name pg_catalog.text,
    p_event_types pg_catalog.text[] DEFAULT NULL,
    p_tenants pg_catalog.text[] DEFAULT NULL,
    p_configuration pg_catalog.jsonb DEFAULT NULL
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    IF p_event_types IS NOT NULL THEN
        PERFORM script_tracking.check_event_types(p_event_types);
    END IF;
    UPDATE script_tracking.event_endpoint AS e
    SET event_types = coalesce(p_event_types, e.event_types),
        tenant_hks = CASE WHEN p_tenants IS NULL THEN e.tenant_hks WHEN p_tenants = '{}' THEN NULL
            ELSE script_tracking.event_tenants(p_tenants) END,
        configuration = coalesce(p_configuration, e.configuration)
    WHERE e.endpoint_name = p_name;
    IF NOT FOUND THEN
        PERFORM script_tracking.refuse_endpoint(p_name);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.change_endpoint(
    pg_catalog.text, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb) IS
    'Changes what an endpoint gets, or its configuration; NULL leaves a part as it is';
