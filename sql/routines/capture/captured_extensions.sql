-- Returns what CREATE EXTENSION ... CASCADE created in addition to the extension that it names: the extensions that
-- this one requires and that did not exist when the command started.
CREATE OR REPLACE FUNCTION script_tracking.captured_extensions()
RETURNS SETOF pg_catalog.text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH RECURSIVE required AS (
        SELECT c.objid AS extension_oid
        FROM pg_event_trigger_ddl_commands() AS c WHERE c.object_type = 'extension' AND NOT c.in_extension
        UNION
        SELECT d.refobjid
        FROM required AS r
        JOIN pg_catalog.pg_depend AS d ON d.objid = r.extension_oid
            AND d.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass
            AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
    )
    SELECT quote_ident(e.extname)
    FROM required AS r
    JOIN pg_catalog.pg_extension AS e ON e.oid = r.extension_oid
    WHERE e.oid::pg_catalog.text <> ALL (string_to_array(current_setting('dbtrack.ddl_members', true), ' '))
    ORDER BY e.oid
$function$;

COMMENT ON FUNCTION script_tracking.captured_extensions() IS
    'The extensions that the ending CREATE EXTENSION ... CASCADE created, as identities';
