-- Gives an execution that a subscription of a vault brings to the tenant that stands for its own. Only vaults with such
-- sources have this trigger.
CREATE OR REPLACE FUNCTION script_tracking.arrive_execution()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_source pg_catalog.text;
BEGIN
    IF script_tracking.is_applied() AND NOT script_tracking.is_captured_here() THEN
        v_source := script_tracking.arrival_source();
        IF v_source IS NOT NULL THEN
            NEW.tenant_hk := script_tracking.arrival_tenant(v_source, NEW.tenant_hk);
        END IF;
    END IF;
    RETURN NEW;
END
$function$;

COMMENT ON FUNCTION script_tracking.arrive_execution() IS
    'Trigger: gives an execution that arrives by logical replication the tenant of its source in the vault';
