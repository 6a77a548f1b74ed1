-- Returns an endpoint for which a poll has found nothing, with the snapshot from before the poll. An idle poll writes nothing,
-- so the snapshot of the last delivery stays, and each poll begins at the oldest transaction that was open then and has
-- ended. If that is far back, the new snapshot is kept.
CREATE OR REPLACE FUNCTION script_tracking.pass_nothing(
    p_endpoint script_tracking.event_endpoint,
    p_present pg_catalog.pg_snapshot
)
RETURNS script_tracking.event_endpoint
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF pg_snapshot_xmax(p_endpoint.delivered)::pg_catalog.text::pg_catalog.int8
        - script_tracking.first_new_transaction(p_endpoint.delivered, p_present)::pg_catalog.text::pg_catalog.int8 > 1000 THEN
        p_endpoint.delivered := p_present;
    END IF;
    RETURN p_endpoint;
END
$function$;

COMMENT ON FUNCTION script_tracking.pass_nothing(script_tracking.event_endpoint, pg_catalog.pg_snapshot) IS
    'An endpoint for which a poll has found nothing';
