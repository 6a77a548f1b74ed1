-- Leaves out rows of another node that a publication of all tables brings: seals, rollups, settings, keys and the like
-- belong to each node. Rows that dbtrack's own triggers write meanwhile are kept, and what capture writes of a
-- DDL that replication runs.
CREATE OR REPLACE FUNCTION script_tracking.keep_local()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN CASE WHEN pg_trigger_depth() > 1 OR NOT script_tracking.is_applied() OR script_tracking.is_captured_here()
        THEN coalesce(NEW, OLD) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.keep_local() IS
    'Trigger: leaves out rows that arrive by logical replication for a table that belongs to each node';
