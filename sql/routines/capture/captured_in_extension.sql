-- Returns whether the running DDL command is part of an extension's script. The session cannot write the mark, because
-- it is authenticated.
CREATE OR REPLACE FUNCTION script_tracking.captured_in_extension()
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_mark pg_catalog.text := coalesce(current_setting('dbtrack.ddl_extension', true), '');
BEGIN
    RETURN v_mark <> '' AND split_part(v_mark, ':', 2)
        = script_tracking.capture_digest('extension ' || split_part(v_mark, ':', 1));
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_in_extension() IS 'Whether the running DDL command is part of an extension''s script';
