-- Returns whether the ending DDL command is not recorded at all: capture is off, or the command is dbtrack's own
-- maintenance, as mark_maintenance says, and touches only dbtrack's schema.
CREATE OR REPLACE FUNCTION script_tracking.captured_is_switched_off(p_schemas pg_catalog._text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (SELECT NOT s.is_enabled FROM script_tracking.capture_setting AS s)
        OR coalesce(p_schemas <@ '{script_tracking}' AND current_setting('dbtrack.ddl_maintenance', true)
            = script_tracking.capture_digest('maintenance'), false);
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_is_switched_off(pg_catalog._text) IS
    'Whether capture is off for the ending DDL command';
