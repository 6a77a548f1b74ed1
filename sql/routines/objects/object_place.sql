-- Identifies the server, the database and its incarnation: elsewhere the oids of objects mean nothing.
CREATE OR REPLACE FUNCTION script_tracking.object_place()
RETURNS pg_catalog.jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT jsonb_build_object('database', d.oid, 'incarnation', 'script_tracking'::pg_catalog.regnamespace::pg_catalog.oid,
        'system', c.system_identifier::pg_catalog.text)
    FROM pg_catalog.pg_database AS d
    CROSS JOIN pg_control_system() AS c
    WHERE d.datname = current_database()
$function$;

COMMENT ON FUNCTION script_tracking.object_place() IS 'Which server, database and incarnation this is, for the history of objects';
