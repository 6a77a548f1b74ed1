-- Identifies this database and this copy of dbtrack's table: a dump carries a snapshot elsewhere, where its oids mean
-- nothing.
CREATE OR REPLACE FUNCTION script_tracking.catalog_place()
RETURNS pg_catalog.jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT jsonb_build_object('database', d.datname, 'database oid', d.oid,
        'table oid', 'script_tracking.catalog_object'::pg_catalog.regclass::pg_catalog.oid,
        'system', c.system_identifier::pg_catalog.text)
    FROM pg_catalog.pg_database AS d
    CROSS JOIN pg_control_system() AS c
    WHERE d.datname = current_database()
$function$;

COMMENT ON FUNCTION script_tracking.catalog_place() IS 'Which server, database and table this is, for dbtrack reconcile';
