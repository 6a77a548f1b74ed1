-- The writer and the node it wrote on, as record_source holds them: event_trigger@local:5432.
CREATE OR REPLACE FUNCTION script_tracking.record_source(p_writer pg_catalog.text)
RETURNS pg_catalog."varchar"
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN p_writer || '@' || coalesce(
    nullif(current_setting('cluster_name'), ''), host(inet_server_addr()), 'local')
    || ':' || current_setting('port');
END
$function$;

COMMENT ON FUNCTION script_tracking.record_source(pg_catalog.text) IS
    'The writer and its node: writer@cluster_name (or address, or local):port';
