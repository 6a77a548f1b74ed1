-- Returns whether this backend has recorded a command of this tag on one of these objects since the client's message
-- came. This is used only if nothing else shows whether a string begins or continues: under SERIALIZABLE it would make
-- other transactions fail, so there the command counts as recorded.
CREATE OR REPLACE FUNCTION script_tracking.recorded_before(
    p_command_tag pg_catalog.text,
    p_identities pg_catalog.text[]
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
BEGIN
    RETURN current_setting('transaction_isolation') = 'serializable' OR EXISTS (
        SELECT FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= statement_timestamp()
            AND s.script_name = p_command_tag AND s.script_type = 'DDL_AUTO'
            AND s.metadata ->> 'backend_pid' = pg_backend_pid()::pg_catalog.text
            AND (p_identities IS NULL OR s.affected_objects && p_identities));
END
$function$;

COMMENT ON FUNCTION script_tracking.recorded_before(pg_catalog.text, pg_catalog.text[]) IS
    'Whether this backend has recorded a command on one of these objects since the client''s message came';
