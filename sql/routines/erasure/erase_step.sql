-- Erases a person from one batch of versions, in order of their keys, and removes the salts of the erased values from
-- their leaves. p_execution_hk NULL only counts. o_last_key NULL: that was the last batch.
CREATE OR REPLACE FUNCTION script_tracking.erase_step(
    p_execution_hk pg_catalog.bytea,
    p_subject pg_catalog.text,
    p_after pg_catalog.timestamptz,
    p_after_key pg_catalog.bytea,
    p_most_rows pg_catalog.int8,
    OUT o_rows pg_catalog.int8,
    OUT o_sealed pg_catalog.int8,
    OUT o_names pg_catalog.int8,
    OUT o_last pg_catalog.timestamptz,
    OUT o_last_key pg_catalog.bytea
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
SET row_security = on
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    c_personal CONSTANT pg_catalog.text[] := '{role,application_name,client_host,host,os_user,user,email}';
    v_pattern pg_catalog.text := script_tracking.erase_pattern(p_subject);
    v_keys pg_catalog.bytea[];
    v_load_dates pg_catalog.timestamptz[];
    v_person pg_catalog.bool[];
    v_words pg_catalog.bool[];
    v_objects pg_catalog.bool[];
    v_encoding pg_catalog.name;
BEGIN
    PERFORM script_tracking.erase_check(p_subject);
    WITH scanned AS MATERIALIZED (
        SELECT s.*
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_date >= p_after AND (s.load_date, s.script_execution_hk) > (p_after, p_after_key)
        ORDER BY s.load_date, s.script_execution_hk
        LIMIT p_most_rows
    ), judged AS MATERIALIZED (
        SELECT s.script_execution_hk AS key, s.load_date, s.script_name ~* v_pattern AS is_named,
            s.db_session_user = p_subject OR s.client_ip IS NOT NULL AND host(s.client_ip) = p_subject OR EXISTS (
                SELECT FROM jsonb_each_text(s.metadata) AS m
                WHERE m.key = ANY (c_personal) AND m.value ~* v_pattern) AS is_person,
            concat_ws(E'\n', s.sql_command, s.error_message, jsonb_build_array(s.affected_objects) ->> 0,
                script_tracking.json_words(s.metadata - c_personal)) ~* v_pattern AS has_words,
            -- The digest over versions of objects that name the person is in the metadata, without a salt: who knows the rest of
            -- the definition could guess the name by it.
            s.metadata ? 'object_digest' AND EXISTS (
                SELECT FROM script_tracking.object_s AS o
                WHERE o.load_date BETWEEN s.load_date AND s.load_date + '1 minute'::pg_catalog."interval"
                    AND CASE WHEN s.script_type = 'MAINTENANCE' THEN o.load_date = s.load_date AND o.cause NOT IN ('captured', 'follows')
                        ELSE o.script_execution_hk = s.script_execution_hk AND o.cause IN ('captured', 'follows') END
                    AND script_tracking.names_person(o, v_pattern)) AS has_objects
        FROM scanned AS s
    ), found AS (
        SELECT j.key, j.load_date, j.is_named, j.is_person, j.has_words, j.has_objects,
            j.is_person OR j.has_words OR j.has_objects AS is_found
        FROM judged AS j
    )
    SELECT array_agg(j.key) FILTER (WHERE j.is_found), array_agg(j.load_date) FILTER (WHERE j.is_found),
        array_agg(j.is_person) FILTER (WHERE j.is_found), array_agg(j.has_words OR j.has_objects) FILTER (WHERE j.is_found),
        array_agg(j.has_objects) FILTER (WHERE j.is_found), count(*) FILTER (WHERE j.is_named),
        CASE WHEN count(*) = p_most_rows THEN (array_agg(j.load_date ORDER BY j.load_date DESC, j.key DESC))[1] END,
        CASE WHEN count(*) = p_most_rows THEN (array_agg(j.key ORDER BY j.load_date DESC, j.key DESC))[1] END
    INTO v_keys, v_load_dates, v_person, v_words, v_objects, o_names, o_last, o_last_key
    FROM found AS j;
    o_rows := coalesce(cardinality(v_keys), 0);
    o_sealed := 0;
    IF p_execution_hk IS NULL OR o_rows = 0 THEN
        RETURN;
    END IF;
    -- Only with an open record: otherwise somebody could remove a salt without a trace.
    IF NOT EXISTS (SELECT FROM script_tracking.open_execution AS o
            WHERE o.script_execution_hk = p_execution_hk AND o.opened_by = session_user) THEN
        RAISE EXCEPTION 'there is no such open erasure' USING ERRCODE = 'DT006', HINT = 'run: dbtrack erase';
    END IF;
    v_encoding := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
    -- First the commitments, while the values exist. hash_diff covers all of them, so its salt is removed in any case.
    UPDATE script_tracking.seal_leaf AS l
    SET erased_by = p_execution_hk,
        person_salt = CASE WHEN l.leaf_format > 1 THEN script_tracking.erase_salts(l.person_salt,
            ARRAY[convert_to(v.person::pg_catalog.text, v_encoding), convert_to(v.hash_diff::pg_catalog.text, v_encoding)],
            ARRAY[e.is_person, true]) END,
        text_salt = CASE WHEN NOT e.has_words THEN l.text_salt
            WHEN l.leaf_format > 1 THEN script_tracking.erase_salts(l.text_salt,
                ARRAY[convert_to(v.affected_objects::pg_catalog.text, v_encoding),
                    convert_to(v.sql_command::pg_catalog.text, v_encoding),
                    convert_to(v.error_message::pg_catalog.text, v_encoding),
                    convert_to(v.metadata::pg_catalog.text, v_encoding)],
                ARRAY[v.affected_objects ->> 0 ~* v_pattern, v.sql_command ->> 0 ~* v_pattern,
                    v.error_message ->> 0 ~* v_pattern,
                    e.has_objects OR script_tracking.json_words(v.metadata -> 0) ~* v_pattern]) END
    FROM unnest(v_keys, v_load_dates, v_person, v_words, v_objects) AS e (key, load_date, is_person, has_words, has_objects)
    JOIN script_tracking.sealable_version AS v ON v.load_date = e.load_date AND v.script_execution_hk = e.key
    WHERE l.load_date = e.load_date AND l.record_hk = e.key AND l.leaf_kind = 'version';
    GET DIAGNOSTICS o_sealed = ROW_COUNT;
    -- An erased value can no longer be compared with its commitment. It must be exactly this text, so that nothing else
    -- can take its place.
    UPDATE script_tracking.script_execution_s AS s
    SET db_session_user = CASE WHEN e.is_person THEN '[erased]' ELSE s.db_session_user END,
        client_ip = CASE WHEN NOT e.is_person THEN s.client_ip END,
        affected_objects = CASE WHEN jsonb_build_array(s.affected_objects) ->> 0 ~* v_pattern THEN '{[erased]}'
            ELSE s.affected_objects END,
        sql_command = CASE WHEN s.sql_command ~* v_pattern THEN '[erased]' ELSE s.sql_command END,
        error_message = CASE WHEN s.error_message ~* v_pattern THEN '[erased]' ELSE s.error_message END,
        metadata = coalesce((SELECT jsonb_object_agg(m.key, m.value) FROM jsonb_each(s.metadata) AS m
            WHERE CASE WHEN m.key = ANY (c_personal) THEN NOT e.is_person
                ELSE NOT e.has_objects AND script_tracking.json_words(s.metadata - c_personal) !~* v_pattern END), '{}')
    FROM unnest(v_keys, v_load_dates, v_person, v_objects) AS e (key, load_date, is_person, has_objects)
    WHERE s.load_date = e.load_date AND s.script_execution_hk = e.key;
    UPDATE script_tracking.script_execution_s AS s
    SET hash_diff = script_tracking.calculate_hash_diff(s.tenant_hk, s.script_name, s.script_type, s.execution_status,
            s.execution_timestamp, s.execution_duration_ms, s.db_session_user, s.client_ip, s.affected_objects,
            s.sql_command, s.error_message, s.metadata, s.record_source)
    FROM unnest(v_keys, v_load_dates) AS e (key, load_date)
    WHERE s.load_date = e.load_date AND s.script_execution_hk = e.key;
    PERFORM script_tracking.forget_rollup_errors(v_keys, v_load_dates);
END
$function$;

COMMENT ON FUNCTION script_tracking.erase_step(
    pg_catalog.bytea, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.bytea, pg_catalog.int8) IS
    'Erases a person from one batch of the record, for dbtrack erase';
