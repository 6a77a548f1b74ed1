-- What sql_drop handed over for this command, if it is what sql_drop wrote; taken once.
CREATE OR REPLACE FUNCTION script_tracking.captured_dropped()
RETURNS TABLE (
    object_type pg_catalog.text,
    object_identity pg_catalog.text,
    schema_name pg_catalog.text,
    is_temporary pg_catalog.bool
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_dropped pg_catalog.text := current_setting('dbtrack.ddl_dropped', true);
BEGIN
    IF v_dropped IS NULL OR v_dropped = '' THEN
        RETURN;
    END IF;
    PERFORM set_config('dbtrack.ddl_dropped', '', true);
    IF left(v_dropped, 64) IS DISTINCT FROM script_tracking.capture_digest(substr(v_dropped, 65)) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT d.value ->> 0, d.value ->> 1, d.value ->> 2, (d.value ->> 3)::pg_catalog.bool
    FROM jsonb_array_elements(substr(v_dropped, 65)::pg_catalog.jsonb) AS d;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_dropped() IS 'What the ending DDL command dropped';
