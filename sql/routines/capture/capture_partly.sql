-- Records a DDL command whose description failed, with the parts that can be determined: each is tried on its own.
-- metadata.not_described names the others, with their SQLSTATE. Its rows are written in a guarded block, as in
-- event_trigger_ddl_end; capture_failed counts or refuses what fails then.
CREATE OR REPLACE FUNCTION script_tracking.capture_partly(
    p_command_tag pg_catalog.text,
    p_context pg_catalog.text,
    p_now pg_catalog.timestamptz,
    p_sqlstate pg_catalog.text,
    p_message pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_stack pg_catalog.text := coalesce(current_setting('dbtrack.ddl_stack', true), '');
    v_done pg_catalog.text := current_setting('dbtrack.ddl_guarded', true);
    v_nesting_level pg_catalog.int4 := greatest(regexp_count(v_stack, ' '), 0);
    v_written_level CONSTANT pg_catalog.int4 := CASE WHEN strpos(p_context, E'\n') > 0 THEN v_nesting_level ELSE 0 END;
    v_part pg_catalog.text;
    v_missing pg_catalog.jsonb := '{}';
    v_setting record;
    v_dropped pg_catalog.text := current_setting('dbtrack.ddl_dropped' || v_nesting_level, true);
    v_found record;
    v_own record;
    v_gone pg_catalog.jsonb;
    v_history record;
    v_privileges pg_catalog.jsonb;
    v_replica pg_catalog.jsonb;
    v_happened pg_catalog.bool := true;
    v_identities pg_catalog.text[] := '{}';
    v_types pg_catalog.text[] := '{}';
    v_tenant_hk pg_catalog.bytea;
    v_statement pg_catalog.text;
    v_is_whole pg_catalog.bool;
    v_metadata pg_catalog.jsonb;
    v_started_at pg_catalog.timestamptz := statement_timestamp();
    v_encoding CONSTANT pg_catalog.name := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
BEGIN
    PERFORM set_config('dbtrack.ddl_stack', coalesce(substr(v_stack, 18), ''), true),
        set_config('dbtrack.ddl_proven', '', true);
    -- As in event_trigger_ddl_end, whose error undid it: later statements must not be taken for part of an extension's
    -- script.
    IF right(p_command_tag, 10) = ' EXTENSION' AND split_part(current_setting('dbtrack.ddl_extension', true), ':', 1)
        = v_nesting_level::pg_catalog.text THEN
        PERFORM set_config('dbtrack.ddl_extension', '', true);
    END IF;
    IF v_dropped <> '' THEN
        PERFORM set_config('dbtrack.ddl_dropped' || v_nesting_level, '', true);
    END IF;
    -- DISCARD SEQUENCES removed the numbers that vouch for what is kept about strings. Without them, a string is
    -- examined again.
    IF p_sqlstate = '55000' THEN
        PERFORM set_config('dbtrack.ddl_window', '', true), set_config('dbtrack.ddl_client', '', true),
            set_config('dbtrack.ddl_string', '', false), set_config('dbtrack.ddl_inner', '', false);
    END IF;
    -- The setting that says whether to record, or the secret, is missing: a schema without its data.
    IF p_sqlstate = 'DT001' THEN
        PERFORM script_tracking.capture_failed(p_command_tag, p_sqlstate, p_message);
        RETURN;
    END IF;
    SELECT true AS is_enabled, false AS with_temporary, 1000 AS most_objects, 100000 AS statement_characters,
        'all' AS redaction, true AS has_tenants INTO v_setting;
    SELECT NULL::pg_catalog.text[] AS identities, NULL::pg_catalog.text[] AS types, NULL::pg_catalog.text[] AS schemas,
        NULL::pg_catalog.oid[] AS catalogs, NULL::pg_catalog.oid[] AS oids, false AS is_temporary,
        NULL::pg_catalog.jsonb AS besides INTO v_found;
    SELECT NULL::pg_catalog.jsonb AS o_rows, NULL::pg_catalog.text AS o_digest INTO v_history;
    FOREACH v_part IN ARRAY ARRAY['settings', 'commands', 'dropped', 'privileges', 'objects', 'names', 'tenant', 'statement',
        'history', 'replication'] LOOP
        BEGIN
            CASE v_part
                WHEN 'settings' THEN
                    SELECT s.is_enabled, s.with_temporary, s.most_objects, s.statement_characters, s.redaction,
                        s.has_tenants INTO STRICT v_setting FROM script_tracking.capture_setting AS s;
                WHEN 'commands' THEN
                    SELECT array_agg(d.object_identity) AS identities, array_agg(d.object_type) AS types,
                        array_agg(d.schema_name) AS schemas,
                        array_agg(d.classid) AS catalogs, array_agg(d.objid) AS oids,
                        bool_or(strpos(d.object_identity, 'pg_temp') > 0) AS is_temporary,
                        NULL::pg_catalog.jsonb AS besides
                    INTO v_found FROM pg_event_trigger_ddl_commands() AS d WHERE NOT d.in_extension;
                    v_identities := v_found.identities;
                    v_types := v_found.types;
                WHEN 'dropped' THEN
                    IF v_dropped <> '' AND left(v_dropped, 64) = script_tracking.capture_digest(substr(v_dropped, 65)) THEN
                        v_found.besides := nullif(split_part(substr(v_dropped, 65), E'\n', 1), '');
                        v_gone := nullif(split_part(substr(v_dropped, 65), E'\n', 2), '');
                    END IF;
                WHEN 'privileges' THEN
                    IF p_command_tag IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES') AND v_identities IS NOT NULL THEN
                        v_privileges := script_tracking.captured_privileges(p_command_tag, v_nesting_level);
                        v_found.besides := coalesce(v_found.besides, '[]') || coalesce(v_privileges -> 'objects', '[]');
                    END IF;
                WHEN 'objects' THEN
                    v_own := script_tracking.captured_objects(p_command_tag, v_found.identities, v_found.types,
                        v_found.schemas, v_found.besides, v_found.is_temporary, v_setting.with_temporary);
                    v_happened := v_own.o_happened;
                    v_identities := v_own.o_identities;
                    v_types := v_own.o_types;
                    v_found.schemas := v_own.o_schemas;
                WHEN 'names' THEN
                    PERFORM convert_to(array_to_string(v_identities, ' '), v_encoding);
                WHEN 'tenant' THEN
                    v_tenant_hk := CASE WHEN v_setting.has_tenants THEN script_tracking.captured_tenant(v_found.schemas) END;
                WHEN 'statement' THEN
                    v_own := script_tracking.captured_statement(p_command_tag, p_context, v_found.identities, v_found.types, true);
                    v_statement := script_tracking.bounded_statement(v_own.o_statement, v_own.o_has_secret,
                        CASE WHEN strpos(p_context, E'\n') > 0 THEN 'all' ELSE v_setting.redaction END,
                        v_setting.statement_characters);
                    v_is_whole := v_own.o_is_whole;
                    IF v_is_whole AND length(v_statement) > 1000 AND right(v_statement, 12) <> ' characters]' THEN
                        v_statement := left(v_statement, 1000) || format('... [cut: %s characters]', length(v_statement));
                    END IF;
                    IF v_statement IS NULL THEN
                        v_own := script_tracking.client_excerpt(true, v_setting.redaction, v_setting.statement_characters);
                        v_statement := v_own.o_excerpt;
                    END IF;
                    PERFORM convert_to(v_statement, v_encoding);
                WHEN 'history' THEN
                    -- What the statement says is not sure here: all catalogs are read.
                    IF (SELECT s.with_history FROM script_tracking.capture_setting AS s) THEN
                        v_history := script_tracking.captured_history(p_command_tag, v_found.catalogs, v_found.oids, v_types,
                            v_identities, v_gone, NULL, NULL, 1000, v_setting.redaction);
                    END IF;
                WHEN 'replication' THEN
                    IF current_setting('session_replication_role') = 'replica' THEN
                        v_replica := script_tracking.replica_metadata();
                    END IF;
            END CASE;
        EXCEPTION
            WHEN serialization_failure OR deadlock_detected THEN
                RAISE;
            WHEN OTHERS THEN
                v_missing := v_missing || jsonb_build_object(v_part, SQLSTATE);
                IF v_part = 'statement' THEN
                    v_statement := NULL;
                ELSIF v_part = 'names' THEN
                    v_identities := string_to_array(regexp_replace(array_to_string(v_identities, E'\n'), E'[^ -~\\n]', '?', 'g'), E'\n');
                ELSIF v_part = 'objects' THEN
                    SELECT v_identities || array_agg(b.value ->> 1), v_types || array_agg(b.value ->> 0)
                    INTO v_identities, v_types
                    FROM jsonb_array_elements(v_found.besides) AS b WHERE b.value ->> 3 IS DISTINCT FROM 'true';
                    v_happened := v_identities IS NOT NULL AND NOT coalesce(v_found.is_temporary, false);
                END IF;
        END;
    END LOOP;
    -- The objects of the command are unknown. That does not mean that there were none.
    v_happened := v_happened OR v_missing ?| '{commands,dropped}';
    IF NOT v_setting.is_enabled OR NOT v_happened OR (CASE
        WHEN coalesce(current_setting('dbtrack.ddl_maintenance', true), '') <> ''
            THEN script_tracking.captured_is_switched_off(v_found.schemas)
        ELSE false END) THEN
        RETURN;
    END IF;
    IF length(v_stack) >= 16 AND translate(left(v_stack, 16), '0123456789', '') = ''
        AND to_timestamp(left(v_stack, 16)::pg_catalog.float8 / 1000000) BETWEEN transaction_timestamp() AND p_now THEN
        v_started_at := to_timestamp(left(v_stack, 16)::pg_catalog.float8 / 1000000);
    END IF;
    v_metadata := jsonb_strip_nulls(jsonb_build_object('role', nullif(current_setting('role'), 'none'),
        'backend_pid', pg_backend_pid(), 'transaction_id', pg_current_xact_id()::pg_catalog.text,
        'command_tag', p_command_tag, 'object_count', cardinality(v_identities), 'object_types', v_types[1:v_setting.most_objects],
        'nesting_level', nullif(v_nesting_level, 0), 'statement_is_whole', v_is_whole,
        'object_digest', v_history.o_digest,
        'not_described', CASE v_missing WHEN '{}' THEN jsonb_build_object('command', p_sqlstate) ELSE v_missing END))
        || coalesce(jsonb_strip_nulls(v_privileges - 'objects'), '{}') || coalesce(jsonb_strip_nulls(v_replica), '{}');
    v_done := CASE WHEN v_done <> '' AND length(v_done) <= 8 AND translate(v_done, '0123456789', '') = '' THEN v_done ELSE '0' END;
    PERFORM set_config('dbtrack.ddl_guarded', (v_done::pg_catalog.int4 + 1)::pg_catalog.text, true);
    IF v_done::pg_catalog.int4 < 32 THEN
        BEGIN
            PERFORM script_tracking.capture_write(p_command_tag, v_started_at,
                (extract(epoch FROM p_now - v_started_at) * 1000000)::pg_catalog.int8, v_written_level, v_tenant_hk,
                v_identities[1:v_setting.most_objects], v_statement, v_metadata, v_history.o_rows);
        EXCEPTION
            WHEN serialization_failure OR deadlock_detected THEN
                RAISE;
            WHEN OTHERS THEN
                PERFORM script_tracking.capture_failed(p_command_tag, SQLSTATE, SQLERRM);
                RETURN;
        END;
    ELSE
        PERFORM script_tracking.capture_write(p_command_tag, v_started_at,
            (extract(epoch FROM p_now - v_started_at) * 1000000)::pg_catalog.int8, v_written_level, v_tenant_hk,
            v_identities[1:v_setting.most_objects], v_statement, v_metadata, v_history.o_rows);
    END IF;
    -- The counter can be missing, or locked by an administrator's ALTER SEQUENCE. The block writes nothing, so it takes
    -- no subtransaction id.
    BEGIN
        PERFORM nextval('script_tracking.capture_partial_seq');
    EXCEPTION
        WHEN OTHERS THEN
            NULL;
    END;
    RAISE WARNING 'dbtrack recorded this %, but not all of it: %', p_command_tag, p_message
        USING ERRCODE = p_sqlstate, HINT = 'The command itself is not affected. Run: dbtrack doctor';
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_partly(
    pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text) IS
    'Records what is known of a DDL command whose description failed';
