-- table_rewrite: notes which tables a command rewrites, and why, for its end. It costs only the commands that do so. What fails here is
-- not noted; the command itself is not affected.
CREATE OR REPLACE FUNCTION script_tracking.event_trigger_table_rewrite()
RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET quote_all_identifiers = off
SET lock_timeout = '10s'
AS $function$
DECLARE
    v_setting CONSTANT pg_catalog.text := 'dbtrack.ddl_rewritten'
        || greatest(cardinality(string_to_array(current_setting('dbtrack.ddl_stack', true), ' ')) - 1, 0);
    v_noted pg_catalog.text := coalesce(current_setting(v_setting, true), '');
    v_rewritten pg_catalog.jsonb := '{}';
BEGIN
    IF left(v_noted, 64) = script_tracking.capture_digest('rewritten ' || substr(v_noted, 65)) THEN
        v_rewritten := substr(v_noted, 65);
    END IF;
    SELECT v_rewritten || jsonb_build_object(i.identity, jsonb_build_array(pg_event_trigger_table_rewrite_reason(),
        c.reltuples, c.relpages, pg_relation_size(c.oid)))
    INTO v_rewritten
    FROM pg_class AS c
    CROSS JOIN LATERAL pg_identify_object(1259, c.oid, 0) AS i
    WHERE c.oid = pg_event_trigger_table_rewrite_oid();
    v_noted := v_rewritten;
    PERFORM set_config(v_setting, script_tracking.capture_digest('rewritten ' || v_noted) || v_noted, true);
EXCEPTION
    WHEN serialization_failure OR deadlock_detected THEN
        RAISE;
    WHEN OTHERS THEN
        NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_table_rewrite() IS
    'Notes which tables a DDL command rewrites, for its end';
