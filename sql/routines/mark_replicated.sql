-- Marks an open execution that a replication worker writes: it runs on another server.
CREATE OR REPLACE FUNCTION script_tracking.mark_replicated()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    -- Not what a person does who has set session_replication_role. A type that may not be seen is taken for a worker's.
    NEW.is_replicated := (script_tracking.replica_metadata() ->> 'backend_type') IS DISTINCT FROM 'client backend';
    RETURN NEW;
END
$function$;

COMMENT ON FUNCTION script_tracking.mark_replicated() IS
    'Marks an open execution that came from another server by logical replication';
