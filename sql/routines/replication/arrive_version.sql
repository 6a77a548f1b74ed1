-- Handles a version on the node where it arrives by logical replication: here another transaction wrote it, its time
-- may have been sealed long ago, and nothing else has marked the change for the rollups. What capture writes of a DDL that
-- replication runs here is this node's own. What is here already comes again when a subscription is made again, and
-- copies: it must not stop the copy, and may have ended since. What was erased since stays here as it is: the record of
-- the erasure, without which dbtrack verify would report it, comes after it.
CREATE OR REPLACE FUNCTION script_tracking.arrive_version()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_source pg_catalog.text;
BEGIN
    IF NOT script_tracking.is_applied() OR script_tracking.is_captured_here() THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    v_source := script_tracking.arrival_source();
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT FROM script_tracking.script_execution_s AS s
                WHERE s.load_date = NEW.load_date AND s.script_execution_hk = NEW.script_execution_hk) THEN
            UPDATE script_tracking.script_execution_s AS s SET load_end_date = NEW.load_end_date
            WHERE s.load_date = NEW.load_date AND s.script_execution_hk = NEW.script_execution_hk
                AND s.load_end_date IS NULL AND NEW.load_end_date IS NOT NULL;
            RETURN NULL;
        END IF;
        IF v_source IS NOT NULL THEN
            NEW.tenant_hk := script_tracking.arrival_tenant(v_source, NEW.tenant_hk);
        END IF;
        NEW.recorded_by := pg_current_xact_id();
        PERFORM script_tracking.note_late_arrival('version', NEW.script_execution_hk, NEW.load_date);
        -- A publication of some tenants has no updates: the version before this one ends here. All versions have the time
        -- of the first, by which an index finds them.
        IF NEW.execution_status <> 'RUNNING' THEN
            UPDATE script_tracking.script_execution_s AS s SET load_end_date = NEW.load_date
            WHERE s.execution_timestamp = NEW.execution_timestamp AND s.script_execution_hk = NEW.script_execution_hk
                AND s.load_end_date IS NULL AND s.load_date < NEW.load_date
                AND s.load_date >= NEW.execution_timestamp - '1 day'::pg_catalog."interval";
            -- Another node closed what this one opened.
            DELETE FROM script_tracking.open_execution AS o WHERE o.script_execution_hk = NEW.script_execution_hk;
        END IF;
        RETURN NEW;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM script_tracking.open_rollup_gap(OLD.execution_timestamp, OLD.execution_timestamp);
        RETURN OLD;
    END IF;
    NEW.recorded_by := OLD.recorded_by;
    IF v_source IS NOT NULL THEN
        NEW.tenant_hk := OLD.tenant_hk;
    END IF;
    IF NEW.load_end_date IS NOT NULL AND OLD.load_end_date IS NULL AND OLD.execution_status <> 'RUNNING' THEN
        PERFORM script_tracking.open_rollup_gap(OLD.execution_timestamp, OLD.execution_timestamp);
    END IF;
    IF (NEW.hash_diff, NEW.db_session_user, NEW.client_ip, NEW.affected_objects, NEW.sql_command, NEW.error_message, NEW.metadata)
        IS DISTINCT FROM (OLD.hash_diff, OLD.db_session_user, OLD.client_ip, OLD.affected_objects, OLD.sql_command,
            OLD.error_message, OLD.metadata) THEN
        PERFORM script_tracking.arrive_erasure(OLD, NEW);
    END IF;
    RETURN NEW;
END
$function$;

COMMENT ON FUNCTION script_tracking.arrive_version() IS 'Trigger: handles a version that arrives by logical replication';
