-- Handles an execution that arrives by logical replication: one that is here already comes again when a subscription is
-- made again. What a subscription of a vault brings belongs to the tenant that stands for its own.
CREATE OR REPLACE FUNCTION script_tracking.arrive_execution()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_source pg_catalog.text;
BEGIN
    IF NOT script_tracking.is_applied() OR script_tracking.is_captured_here() THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM script_tracking.script_execution_h AS h
            WHERE h.script_execution_hk = NEW.script_execution_hk AND h.load_date = NEW.load_date) THEN
        RETURN NULL;
    END IF;
    v_source := script_tracking.arrival_source();
    IF v_source IS NOT NULL THEN
        NEW.tenant_hk := script_tracking.arrival_tenant(v_source, NEW.tenant_hk);
    END IF;
    RETURN NEW;
END
$function$;

COMMENT ON FUNCTION script_tracking.arrive_execution() IS
    'Trigger: handles an execution that arrives by logical replication';
