-- Notes that an endpoint continues on another timeline of the server. If events that it got are missing in the record
-- there, an event reports this, once. Its running numbers continue where the receiver is: none is used twice.
CREATE OR REPLACE FUNCTION script_tracking.note_timeline(
    p_name pg_catalog.text,
    p_lease pg_catalog.int8,
    p_sent_count pg_catalog.int8,
    p_event_chain pg_catalog.bytea,
    p_lost pg_catalog.text[]
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_endpoint script_tracking.event_endpoint;
    v_place record;
BEGIN
    v_endpoint := script_tracking.lock_endpoint(p_name);
    PERFORM script_tracking.check_lease(v_endpoint, p_name, p_lease);
    v_place := script_tracking.event_place();
    IF cardinality(p_lost) > 0 THEN
        PERFORM script_tracking.record_notice('record.rewound', p_name, NULL, jsonb_build_object(
            'endpoint', p_name, 'old_timeline', v_endpoint.timeline, 'new_timeline', v_place.o_timeline,
            'lsn', pg_current_wal_lsn(), 'lost', to_jsonb(p_lost)));
    END IF;
    UPDATE script_tracking.event_endpoint AS e
    SET timeline = v_place.o_timeline,
        event_chain = CASE WHEN p_sent_count > e.sent_count THEN p_event_chain ELSE e.event_chain END,
        sent_count = greatest(e.sent_count, p_sent_count)
    WHERE e.endpoint_name = p_name;
END
$function$;

COMMENT ON FUNCTION script_tracking.note_timeline(
    pg_catalog.text, pg_catalog.int8, pg_catalog.int8, pg_catalog.bytea, pg_catalog.text[]) IS
    'Notes that an endpoint continues on another timeline, and reports which events a failover lost';
