-- Identifies where a chain of seals is written: after a dump, a copy or a failover another segment of it begins.
CREATE OR REPLACE FUNCTION script_tracking.seal_place(OUT o_place pg_catalog.jsonb, OUT o_timeline pg_catalog.int8)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT script_tracking.catalog_place()
            || jsonb_build_object('table oid', 'script_tracking.seal_block'::pg_catalog.regclass::pg_catalog.oid),
        script_tracking.server_timeline()
$function$;

COMMENT ON FUNCTION script_tracking.seal_place() IS 'Server, database, table and timeline of the chain of seals';
