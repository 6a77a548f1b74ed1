-- Creates an endpoint. Its first event is the first one that is committed after this, or the first of the record. What is
-- in the record already is read as events that are sent again are: versions from before an upgrade have no transaction
-- id, and a snapshot cannot tell them from others.
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
    IF p_tenants = '{}' THEN
        RAISE EXCEPTION 'endpoint "%" would get no events, because its list of tenants is empty', p_name
            USING ERRCODE = 'DT006', HINT = 'name tenants, or NULL for all events';
    END IF;
    INSERT INTO script_tracking.event_endpoint
        (endpoint_name, endpoint_kind, event_types, tenant_hks, configuration, place, timeline, delivered, replay_until,
        position_load_date, position_hk)
    SELECT p_name, p_kind, p_event_types, script_tracking.event_tenants(p_tenants), p_configuration, p.o_place, p.o_timeline,
        script_tracking.present_snapshot(), b.replay_until, b.position_load_date, b.position_hk
    FROM script_tracking.event_place() AS p
    LEFT JOIN (VALUES ('infinity'::pg_catalog.timestamptz, '-infinity'::pg_catalog.timestamptz, ''::pg_catalog.bytea))
        AS b (replay_until, position_load_date, position_hk) ON p_from_beginning;
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'there is an endpoint "%" already', p_name
        USING ERRCODE = 'DT006', HINT = 'choose another name, or remove that one first';
END
$function$;

COMMENT ON FUNCTION script_tracking.create_endpoint(
    pg_catalog.text, pg_catalog.text, pg_catalog.text[], pg_catalog.text[], pg_catalog.jsonb, pg_catalog.bool) IS
    'Creates an endpoint that events are sent to; p_kind: webhook, stream or export';
