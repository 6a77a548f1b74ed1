-- Identifies where the transaction ids of a cursor mean something, and the timeline of the server there.
CREATE OR REPLACE FUNCTION script_tracking.event_place(OUT o_place pg_catalog.jsonb, OUT o_timeline pg_catalog.int8)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT script_tracking.rollup_place(), script_tracking.server_timeline()
$function$;

COMMENT ON FUNCTION script_tracking.event_place() IS 'Server, database, table and timeline of the cursors of endpoints';
