-- Like arrive_version, for a link: only the seals need to know when it came.
CREATE OR REPLACE FUNCTION script_tracking.arrive_link()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_source pg_catalog.text;
BEGIN
    IF script_tracking.is_applied() AND NOT script_tracking.is_captured_here() THEN
        -- A subscription that is made again copies what is here.
        IF EXISTS (SELECT FROM script_tracking.script_execution_parent_l AS l WHERE l.load_date = NEW.load_date
                AND l.script_execution_parent_hk = NEW.script_execution_parent_hk) THEN
            RETURN NULL;
        END IF;
        PERFORM script_tracking.note_late_arrival('link', NEW.script_execution_parent_hk, NEW.load_date);
        v_source := script_tracking.arrival_source();
        IF v_source IS NOT NULL THEN
            NEW.tenant_hk := script_tracking.arrival_tenant(v_source, NEW.tenant_hk);
        END IF;
    END IF;
    RETURN NEW;
END
$function$;

COMMENT ON FUNCTION script_tracking.arrive_link() IS 'Trigger: handles a link that arrives by logical replication';
