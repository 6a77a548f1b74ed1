-- Runs at the start of a command on an extension. In sql_drop nothing distinguishes what the extension's script drops
-- from what a user drops, or an extension's members from other objects that CASCADE drops. So both are kept here, where
-- the session cannot forge them. The mark stays until the command of its nesting level ends, because scripts run ALTER
-- EXTENSION themselves.
CREATE OR REPLACE FUNCTION script_tracking.capture_extension_start(p_command_tag pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_nesting_level pg_catalog.text := regexp_count(current_setting('dbtrack.ddl_stack', true), ' ');
    v_noted record;
BEGIN
    IF script_tracking.captured_in_extension() THEN
        RETURN;
    END IF;
    PERFORM set_config('dbtrack.ddl_extension',
        v_nesting_level || ':' || script_tracking.capture_digest('extension ' || v_nesting_level), true);
    IF p_command_tag = 'CREATE EXTENSION' THEN
        PERFORM set_config('dbtrack.ddl_members', (
            SELECT string_agg(e.oid::pg_catalog.text, ' ') FROM pg_catalog.pg_extension AS e), true);
    ELSIF p_command_tag = 'DROP EXTENSION' THEN
        -- The indexes and sequences of member tables are not members, but nobody drops them on their own.
        WITH member AS MATERIALIZED (
            SELECT d.classid, d.objid
            FROM pg_catalog.pg_depend AS d
            WHERE d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
        ), part AS (
            SELECT m.classid, m.objid FROM member AS m
            UNION
            SELECT d.classid, d.objid
            FROM member AS m
            JOIN pg_catalog.pg_depend AS d ON d.refclassid = m.classid AND d.refobjid = m.objid
            WHERE m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.classid = m.classid
                AND d.deptype IN ('a', 'i')
        )
        SELECT set_config('dbtrack.ddl_members', coalesce(string_agg(p.classid || ':' || p.objid, ' '), ''), true),
            set_config('dbtrack.ddl_member_count', (SELECT count(*) FROM member)::pg_catalog.text, true)
        INTO v_noted
        FROM part AS p;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_extension_start(pg_catalog.text) IS
    'Keeps that a command on an extension is running, and which extensions or members of extensions exist';
