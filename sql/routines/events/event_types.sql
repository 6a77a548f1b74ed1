-- Lists the types of events.
CREATE OR REPLACE FUNCTION script_tracking.event_types()
RETURNS SETOF pg_catalog.text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT unnest(ARRAY['execution.started', 'execution.completed', 'execution.failed', 'privilege.changed',
        'change.unattributed', 'verification.failed', 'capture.failed', 'record.rewound', 'alert.fired', 'alert.resolved'])
$function$;

COMMENT ON FUNCTION script_tracking.event_types() IS 'The types of events';
