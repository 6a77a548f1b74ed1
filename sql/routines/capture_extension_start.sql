-- The start of a command on an extension. By sql_drop nothing tells what the extension's script drops from what a user
-- drops, nor an extension's members from what else goes by CASCADE: both are noted here, where the session cannot forge it.
CREATE OR REPLACE FUNCTION script_tracking.capture_extension_start(p_command_tag pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM set_config('dbtrack.ddl_extension', script_tracking.capture_digest('extension'), true);
    IF p_command_tag = 'DROP EXTENSION' THEN
        PERFORM set_config('dbtrack.ddl_members', coalesce((
            SELECT string_agg(d.classid::pg_catalog.text || ':' || d.objid::pg_catalog.text, ' ')
            FROM pg_catalog.pg_depend AS d
            WHERE d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass), ''), true);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_extension_start(pg_catalog.text) IS
    'Notes that a command on an extension is running, and which objects are members of extensions';
