-- Seals, rollups, settings, keys and the like are each node's own: what a publication of all tables brings of them from
-- another node is left out, whatever it is. What our own triggers write meanwhile is not.
CREATE OR REPLACE FUNCTION script_tracking.keep_local()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN CASE WHEN pg_trigger_depth() > 1 OR NOT script_tracking.is_applied() THEN coalesce(NEW, OLD) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.keep_local() IS
    'Trigger: leaves out what logical replication brings of a table that is each node''s own';
