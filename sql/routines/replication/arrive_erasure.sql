-- Handles an erasure on another node, which arrives as changed values: here too the salts of their commitments are
-- removed, under the record of that erasure, which arrived before. dbtrack verify finds a value that was changed to
-- anything but erased.
CREATE OR REPLACE FUNCTION script_tracking.arrive_erasure(
    p_old script_tracking.script_execution_s,
    p_new script_tracking.script_execution_s
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    c_personal CONSTANT pg_catalog.text[] := '{role,application_name,client_host,host,os_user,user,email}';
    v_encoding pg_catalog.name := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
    v_words pg_catalog.bool[] := ARRAY[
        p_new.affected_objects IS DISTINCT FROM p_old.affected_objects,
        p_new.sql_command IS DISTINCT FROM p_old.sql_command,
        p_new.error_message IS DISTINCT FROM p_old.error_message,
        p_new.metadata - c_personal <> p_old.metadata - c_personal];
    v_is_person pg_catalog.bool := (p_new.db_session_user, p_new.client_ip)
        IS DISTINCT FROM (p_old.db_session_user, p_old.client_ip);
    v_erasure pg_catalog.bytea;
BEGIN
    SELECT s.script_execution_hk INTO v_erasure
    FROM script_tracking.script_execution_s AS s
    WHERE s.script_name = 'dbtrack erase' AND s.record_source LIKE 'erase@%' AND s.execution_status = 'RUNNING'
        AND s.load_end_date IS NULL
    ORDER BY s.execution_timestamp DESC
    LIMIT 1;
    UPDATE script_tracking.seal_leaf AS l
    SET erased_by = v_erasure,
        person_salt = CASE WHEN l.leaf_format > 1 THEN script_tracking.erase_salts(l.person_salt,
            ARRAY[convert_to(v.person::pg_catalog.text, v_encoding), convert_to(v.hash_diff::pg_catalog.text, v_encoding)],
            ARRAY[v_is_person, true]) END,
        text_salt = CASE WHEN NOT true = ANY (v_words) THEN l.text_salt
            WHEN l.leaf_format > 1 THEN script_tracking.erase_salts(l.text_salt,
                ARRAY[convert_to(v.affected_objects::pg_catalog.text, v_encoding),
                    convert_to(v.sql_command::pg_catalog.text, v_encoding),
                    convert_to(v.error_message::pg_catalog.text, v_encoding),
                    convert_to(v.metadata::pg_catalog.text, v_encoding)], v_words) END
    FROM script_tracking.sealable_version AS v
    WHERE l.load_date = p_old.load_date AND l.record_hk = p_old.script_execution_hk AND l.leaf_kind = 'version'
        AND v.load_date = p_old.load_date AND v.script_execution_hk = p_old.script_execution_hk;
    PERFORM script_tracking.forget_rollup_errors(ARRAY[p_old.script_execution_hk], ARRAY[p_old.load_date]);
END
$function$;

COMMENT ON FUNCTION script_tracking.arrive_erasure(
    script_tracking.script_execution_s, script_tracking.script_execution_s) IS
    'Handles an erasure that arrives by logical replication';
