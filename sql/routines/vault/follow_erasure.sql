-- Erases from versions of a source what the source has erased from them, and returns how many those are. Nothing else can change this
-- way: each value stays as it is, or becomes what an erasure leaves of it. Versions that differ in another way are left for
-- compare_vault_rows. The salts of erased values go from the seals of this database, as with dbtrack erase, and it is recorded as such.
CREATE OR REPLACE FUNCTION script_tracking.follow_erasure(p_source_name pg_catalog.text, p_versions pg_catalog.json)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_rows pg_catalog.jsonb[];
    v_row script_tracking.script_execution_s;
    v_old script_tracking.sealable_version;
    v_new script_tracking.sealable_version;
    v_keys pg_catalog.bytea[];
    v_load_dates pg_catalog.timestamptz[];
    v_logins pg_catalog.text[];
    v_sealed pg_catalog.int8;
    v_execution_hk pg_catalog.bytea;
BEGIN
    SELECT array_agg(to_jsonb(r) ORDER BY r.load_date), array_agg(r.script_execution_hk ORDER BY r.load_date),
        array_agg(r.load_date ORDER BY r.load_date), count(l.load_date),
        array_agg(DISTINCT s.db_session_user) FILTER (WHERE s.db_session_user <> r.db_session_user)
    INTO v_rows, v_keys, v_load_dates, v_sealed, v_logins
    FROM json_populate_recordset(NULL::script_tracking.script_execution_s, p_versions) AS r
    CROSS JOIN LATERAL (SELECT v.* FROM script_tracking.script_execution_s AS v
        WHERE v.load_date = r.load_date AND v.script_execution_hk = r.script_execution_hk OFFSET 0) AS s
    JOIN script_tracking.vault_tenant AS t ON t.tenant_hk = s.tenant_hk AND t.source_name = p_source_name
        AND t.source_tenant_hk IS NOT DISTINCT FROM r.tenant_hk
    LEFT JOIN LATERAL (SELECT k.load_date FROM script_tracking.seal_leaf AS k
        WHERE k.load_date = s.load_date AND k.record_hk = s.script_execution_hk AND k.leaf_kind = 'version' OFFSET 0) AS l ON true
    WHERE (s.version_number, s.script_name, s.script_type, s.execution_status, s.execution_timestamp, s.execution_duration_ms,
            s.record_source)
        IS NOT DISTINCT FROM (r.version_number, r.script_name, r.script_type, r.execution_status, r.execution_timestamp,
            r.execution_duration_ms, r.record_source)
        AND (r.db_session_user IS NOT DISTINCT FROM s.db_session_user OR r.db_session_user = '[erased]')
        AND (r.client_ip IS NOT DISTINCT FROM s.client_ip OR r.client_ip IS NULL)
        AND (r.affected_objects IS NOT DISTINCT FROM s.affected_objects OR r.affected_objects = '{[erased]}')
        AND (r.sql_command IS NOT DISTINCT FROM s.sql_command OR r.sql_command = '[erased]')
        AND (r.error_message IS NOT DISTINCT FROM s.error_message OR r.error_message = '[erased]')
        AND jsonb_typeof(r.metadata) = 'object' AND NOT EXISTS (
            SELECT FROM jsonb_each(r.metadata) AS m WHERE s.metadata -> m.key IS DISTINCT FROM m.value)
        AND (r.db_session_user, r.client_ip, r.affected_objects, r.sql_command, r.error_message, r.metadata)
            IS DISTINCT FROM (s.db_session_user, s.client_ip, s.affected_objects, s.sql_command, s.error_message, s.metadata);
    IF v_rows IS NULL THEN
        RETURN 0;
    END IF;
    v_execution_hk := script_tracking.record_followed_erasure(p_source_name,
        jsonb_build_object('versions_erased', cardinality(v_rows), 'rows_erased', v_sealed));
    FOR v_place IN 1..cardinality(v_rows) LOOP
        v_row := jsonb_populate_record(NULL::script_tracking.script_execution_s, v_rows[v_place]);
        SELECT v.* INTO v_old FROM script_tracking.sealable_version AS v
        WHERE v.load_date = v_load_dates[v_place] AND v.script_execution_hk = v_keys[v_place];
        UPDATE script_tracking.script_execution_s AS s
        SET db_session_user = v_row.db_session_user, client_ip = v_row.client_ip, affected_objects = v_row.affected_objects,
            sql_command = v_row.sql_command, error_message = v_row.error_message, metadata = v_row.metadata,
            hash_diff = v_row.hash_diff
        WHERE s.load_date = v_load_dates[v_place] AND s.script_execution_hk = v_keys[v_place];
        SELECT v.* INTO v_new FROM script_tracking.sealable_version AS v
        WHERE v.load_date = v_load_dates[v_place] AND v.script_execution_hk = v_keys[v_place];
        UPDATE script_tracking.seal_leaf AS l
        SET erased_by = v_execution_hk,
            person_salt = CASE WHEN l.leaf_format > 1 THEN script_tracking.erase_salts(l.person_salt,
                ARRAY[convert_to(v_old.person::pg_catalog.text, 'UTF8'), convert_to(v_old.hash_diff::pg_catalog.text, 'UTF8')],
                ARRAY[v_new.person <> v_old.person, true]) END,
            text_salt = CASE WHEN (v_new.affected_objects, v_new.sql_command, v_new.error_message, v_new.metadata)
                    = (v_old.affected_objects, v_old.sql_command, v_old.error_message, v_old.metadata) THEN l.text_salt
                WHEN l.leaf_format > 1 THEN script_tracking.erase_salts(l.text_salt,
                    ARRAY[convert_to(v_old.affected_objects::pg_catalog.text, 'UTF8'),
                        convert_to(v_old.sql_command::pg_catalog.text, 'UTF8'),
                        convert_to(v_old.error_message::pg_catalog.text, 'UTF8'), convert_to(v_old.metadata::pg_catalog.text, 'UTF8')],
                    ARRAY[v_new.affected_objects <> v_old.affected_objects, v_new.sql_command <> v_old.sql_command,
                        v_new.error_message <> v_old.error_message, v_new.metadata <> v_old.metadata]) END
        WHERE l.load_date = v_load_dates[v_place] AND l.record_hk = v_keys[v_place] AND l.leaf_kind = 'version';
    END LOOP;
    PERFORM script_tracking.forget_rollup_errors(v_keys, v_load_dates);
    PERFORM script_tracking.forget_source_logins(p_source_name, v_logins);
    RETURN cardinality(v_rows);
END
$function$;

COMMENT ON FUNCTION script_tracking.follow_erasure(pg_catalog.text, pg_catalog.json) IS
    'Erases from versions of a source what the source has erased; for the functions of this schema';
