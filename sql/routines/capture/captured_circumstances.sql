-- Adds what only few records have: which objects a command dropped that is not a DROP, on which temporary objects
-- something permanent depends now, and whether somebody other than a client in its usual role ran the command.
CREATE OR REPLACE FUNCTION script_tracking.captured_circumstances(
    p_command_tag pg_catalog.text,
    p_besides pg_catalog.jsonb
)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_result pg_catalog.jsonb := '{}';
BEGIN
    IF p_besides IS NOT NULL AND p_command_tag !~ '^(DROP |GRANT|REVOKE|ALTER DEFAULT )' THEN
        v_result := jsonb_build_object('dropped_objects', (
            SELECT jsonb_agg(b.value -> 1)
            FROM jsonb_array_elements(p_besides) WITH ORDINALITY AS b (value, position)
            WHERE b.value ->> 3 IS DISTINCT FROM 'true' AND b.position <= 10000));
    END IF;
    IF pg_my_temp_schema() <> 0 THEN
        v_result := v_result || jsonb_build_object('depends_on_temporary', script_tracking.captured_temporary_references());
    END IF;
    IF current_setting('session_replication_role') = 'replica' THEN
        v_result := v_result || script_tracking.replica_metadata();
    END IF;
    RETURN v_result;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_circumstances(pg_catalog.text, pg_catalog.jsonb) IS
    'What only few records of DDL have in their metadata';
