-- Returns whether capture writes this row, for the triggers of rows that arrive by logical replication: a DDL that a
-- replication worker runs is captured in that worker. All that capture writes, an event trigger's function writes.
CREATE OR REPLACE FUNCTION script_tracking.is_captured_here()
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_context pg_catalog.text;
BEGIN
    GET DIAGNOSTICS v_context = PG_CONTEXT;
    RETURN strpos(v_context, ' script_tracking.event_trigger_') > 0;
END
$function$;

COMMENT ON FUNCTION script_tracking.is_captured_here() IS 'Whether capture writes this row';
