-- Ends an evaluation of the alerts: everything that is visible in the snapshot has been evaluated.
CREATE OR REPLACE FUNCTION script_tracking.end_alert_evaluation(p_seen pg_catalog.pg_snapshot)
RETURNS pg_catalog.void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    UPDATE script_tracking.alert_cursor AS c
    SET seen = p_seen, place = script_tracking.rollup_place(), evaluated_at = clock_timestamp();
    -- A group that nobody has heard of for months, as a tenant that is gone.
    DELETE FROM script_tracking.alert_state AS s
    WHERE s.state = 'QUIET' AND s.since < clock_timestamp() - '90 days'::pg_catalog."interval";
$function$;

COMMENT ON FUNCTION script_tracking.end_alert_evaluation(pg_catalog.pg_snapshot) IS
    'Notes that everything visible in the snapshot has been evaluated by the alerts';
