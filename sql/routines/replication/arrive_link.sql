-- Like arrive_version, for a link: only the seals need to know when it came.
CREATE OR REPLACE FUNCTION script_tracking.arrive_link()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    IF script_tracking.is_applied() AND NOT script_tracking.is_captured_here() THEN
        PERFORM script_tracking.note_late_arrival('link', NEW.script_execution_parent_hk, NEW.load_date);
    END IF;
    RETURN NEW;
END
$function$;

COMMENT ON FUNCTION script_tracking.arrive_link() IS 'Trigger: handles a link that arrives by logical replication';
