-- Identifies where the transaction ids of the rollups have a meaning: a dump or a copy carries the rollups elsewhere.
CREATE OR REPLACE FUNCTION script_tracking.rollup_place()
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- A cursor asks at each poll, and a function in SQL would be planned each time.
    RETURN (
        SELECT jsonb_build_object('database', d.oid, 'system', c.system_identifier::pg_catalog.text,
            'table', 'script_tracking.script_execution_s'::pg_catalog.regclass::pg_catalog.oid)
        FROM pg_catalog.pg_database AS d
        CROSS JOIN pg_control_system() AS c
        WHERE d.datname = current_database());
END
$function$;

COMMENT ON FUNCTION script_tracking.rollup_place() IS 'Which server, database and table this is, for the rollups';
