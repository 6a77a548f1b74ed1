-- Returns the writer with the node and database in which it wrote, for the column record_source:
-- event_trigger@local:5432/shop. Not the server's address: on a socket there is none, and a server can have several.
CREATE OR REPLACE FUNCTION script_tracking.record_source(p_writer pg_catalog.text)
RETURNS pg_catalog."varchar"
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN p_writer || '@' || coalesce(nullif(current_setting('cluster_name'), ''), 'local')
        || ':' || current_setting('port') || '/' || current_database();
END
$function$;

COMMENT ON FUNCTION script_tracking.record_source(pg_catalog.text) IS
    'The writer, its node and its database: writer@cluster_name (or local):port/database';
