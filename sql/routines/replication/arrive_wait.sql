-- Handles a wait for a lock that arrives by logical replication: it belongs to the tenant of its execution here. One that
-- is here already comes again when a subscription is made again.
CREATE OR REPLACE FUNCTION script_tracking.arrive_wait()
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
    v_source := script_tracking.arrival_source();
    IF TG_OP = 'UPDATE' THEN
        IF v_source IS NOT NULL THEN
            NEW.tenant_hk := OLD.tenant_hk;
        END IF;
    ELSIF EXISTS (SELECT FROM script_tracking.execution_wait_s AS w WHERE w.script_execution_hk = NEW.script_execution_hk
            AND w.started_at = NEW.started_at AND w.seen_by = NEW.seen_by) THEN
        RETURN NULL;
    ELSIF v_source IS NOT NULL THEN
        NEW.tenant_hk := script_tracking.arrival_tenant(v_source, NEW.tenant_hk);
    END IF;
    RETURN NEW;
END
$function$;

COMMENT ON FUNCTION script_tracking.arrive_wait() IS
    'Trigger: handles a wait for a lock that arrives by logical replication';
