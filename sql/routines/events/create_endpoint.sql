-- Creates an endpoint. Its first event is the first one that is committed after this, or the first of the record.
CREATE OR REPLACE FUNCTION script_tracking.create_endpoint(
    p_name pg_catalog.text,
    p_kind pg_catalog.text,
    p_event_types pg_catalog.text[] DEFAULT '{*}',
    p_tenants pg_catalog.text[] DEFAULT NULL,
    p_configuration pg_catalog.jsonb DEFAULT '{}',
    p_from_beginning pg_catalog.bool DEFAULT false
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    IF p_name !~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$' THEN
        RAISE EXCEPTION '"%" cannot be the name of an endpoint', p_name
            USING ERRCODE = 'DT006', HINT = 'use at most 63 letters, digits, dots, hyphens and underscores';
    END IF;
    PERFORM script_tracking.check_event_types(p_event_types);
    INSERT INTO script_tracking.event_endpoint
        (endpoint_name, endpoint_kind, event_types, tenant_hks, configuration, place, timeline, delivered)
    SELECT p_name, p_kind, p_event_types, script_tracking.event_tenants(p_tenants), p_configuration, p.o_place, p.o_timeline,
        -- No transaction has an id below 3.
        CASE WHEN p_from_beginning THEN '3:3:' ELSE pg_current_snapshot() END
    FROM script_tracking.event_place() AS p;
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'there is an endpoint "%" already', p_name
        USING ERRCODE = 'DT006', HINT = 'choose another name, or remove that one first';
END
$function$;

COMMENT ON FUNCTION script_tracking.create_endpoint(
    pg_catalog.text, pg_catalog.text, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.bool) IS
    'Creates an endpoint that events are sent to; p_kind: webhook, stream or export';
