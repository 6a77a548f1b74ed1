-- Returns whether a person was erased from a version in this database.
CREATE OR REPLACE FUNCTION script_tracking.is_erased_version(p_version script_tracking.script_execution_s)
RETURNS pg_catalog.bool
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT coalesce('[erased]' IN (p_version.db_session_user, p_version.sql_command, p_version.error_message), false)
        OR p_version.affected_objects = '{[erased]}'
        OR EXISTS (SELECT FROM script_tracking.seal_leaf AS l
            WHERE l.load_date = p_version.load_date AND l.record_hk = p_version.script_execution_hk AND l.erased_by IS NOT NULL)
$function$;

COMMENT ON FUNCTION script_tracking.is_erased_version(script_tracking.script_execution_s) IS
    'Whether a person was erased from a version here; for the functions of this schema';
