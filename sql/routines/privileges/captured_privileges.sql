-- Returns what a GRANT, REVOKE or ALTER DEFAULT PRIVILEGES did, as metadata; and its objects, for captured_objects. If
-- the start kept nothing, the rows that this transaction wrote are used instead.
CREATE OR REPLACE FUNCTION script_tracking.captured_privileges(
    p_command_tag pg_catalog.text,
    p_nesting_level pg_catalog.int4
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_setting pg_catalog.text := 'dbtrack.ddl_privileges' || p_nesting_level;
    v_noted pg_catalog.text := coalesce(current_setting(v_setting, true), '');
    v_privileges pg_catalog.jsonb;
BEGIN
    IF v_noted <> '' THEN
        v_setting := set_config(v_setting, '', true);
    END IF;
    IF v_noted <> '' AND left(v_noted, 64) = script_tracking.capture_digest('privileges ' || substr(v_noted, 65)) THEN
        v_privileges := script_tracking.changed_privileges(p_command_tag, substr(v_noted, 65)::pg_catalog.jsonb);
    ELSE
        v_privileges := script_tracking.written_privileges();
    END IF;
    RETURN jsonb_strip_nulls(v_privileges);
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_privileges(pg_catalog.text, pg_catalog.int4) IS
    'What a GRANT, REVOKE or ALTER DEFAULT PRIVILEGES did, as metadata';
