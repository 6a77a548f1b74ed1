-- Starts an operation: a hub row and a RUNNING version. The caller records its own doing only.
CREATE OR REPLACE FUNCTION script_tracking.track_operation(
    script_name pg_catalog."varchar",
    script_type pg_catalog."varchar" DEFAULT 'MANUAL',
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    metadata pg_catalog.jsonb DEFAULT NULL,
    bound_to_connection pg_catalog.bool DEFAULT false,
    writer pg_catalog."varchar" DEFAULT 'track_operation'
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_started_at pg_catalog.timestamptz := clock_timestamp();
    v_tenant_hk pg_catalog.bytea;
    v_metadata pg_catalog.jsonb;
    v_execution record;
    v_name pg_catalog."varchar";
    v_checked pg_catalog.text;
BEGIN
    -- Assigned, not performed, and called only where there is something to do: a query of its own, or a call, costs a
    -- transaction of its own more than the row it is about (docs/decisions/0006-capture-cost.md).
    v_checked := script_tracking.check_operation(script_name, script_type, writer);
    IF tenant_hk IS NOT NULL OR (SELECT s.has_tenants FROM script_tracking.capture_setting AS s) IS NOT FALSE THEN
        v_tenant_hk := script_tracking.writing_tenant(tenant_hk);
    END IF;
    v_metadata := script_tracking.session_metadata();
    IF metadata IS NOT NULL THEN
        v_metadata := script_tracking.caller_metadata(metadata) || v_metadata;
    END IF;
    -- Without any of these there is nothing to redact.
    v_name := CASE WHEN translate(script_name, ':=''', '') = script_name THEN script_name
        ELSE script_tracking.redact_message(script_name) END;
    v_execution := script_tracking.insert_execution(v_name, script_type, 'RUNNING', v_started_at, NULL, v_tenant_hk,
        '{}', NULL, NULL, v_metadata, writer);
    v_checked := script_tracking.open_execution(v_execution.o_script_execution_hk, v_execution.o_load_date,
        coalesce(bound_to_connection, false), NULL);
    IF current_setting('dbtrack.execution', true) <> '' THEN
        PERFORM script_tracking.link_claimed_parent(v_execution.o_script_execution_hk, v_execution.o_load_date,
            v_tenant_hk, v_execution.o_record_source);
    END IF;
    RETURN v_execution.o_script_execution_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.track_operation IS
    'Starts an operation and returns its hash key; close it with complete_operation. tenant_hk: default is the login''s '
    'own; bound_to_connection: ABANDONED once this connection is gone';
