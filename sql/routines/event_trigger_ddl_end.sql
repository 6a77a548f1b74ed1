-- ddl_command_end: one execution for the command, with all its objects.
-- One function with few queries, though it is long: most DDL is a transaction of its own, in which each call of a function
-- costs 25 microseconds to set up, a query 10 and an expression less than one (docs/decisions/0006-capture-cost.md). What
-- few DDL need, as several objects, strings of several statements and privileges, is called only then.
-- What can fail is computed in a guarded block, which takes no subtransaction id because it writes nothing. The rows
-- are written in a guarded block too, for the first 32 commands of a transaction: more would overflow the backend's
-- cache of 64 subtransactions. By then the tables have taken 32 rows, and their locks are held to the end.
CREATE OR REPLACE FUNCTION script_tracking.event_trigger_ddl_end()
RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET quote_all_identifiers = off
SET "DateStyle" = 'ISO, YMD'
SET "TimeZone" = 'UTC'
SET bytea_output = hex
-- Small look-ups by key: planning them anew each time costs more than any plan could save.
SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    v_now pg_catalog.timestamptz := clock_timestamp();
    v_stack pg_catalog.text := coalesce(current_setting('dbtrack.ddl_stack', true), '');
    v_started_at pg_catalog.timestamptz;
    v_duration_us pg_catalog.int8;
    v_nesting_level pg_catalog.int4 := 0;
    v_found record;
    v_happened pg_catalog.bool;
    v_identities pg_catalog.text[];
    v_types pg_catalog.text[];
    v_schemas pg_catalog.text[];
    v_objects_by_type pg_catalog.jsonb;
    v_object_count pg_catalog.int4;
    v_tenant_hk pg_catalog.bytea;
    v_statement pg_catalog.text := current_query();
    v_context pg_catalog.text;
    v_own record;
    v_client_statement pg_catalog.text;
    v_beside pg_catalog.text := '';
    v_is_whole pg_catalog.bool;
    v_privileges pg_catalog.jsonb;
    v_application pg_catalog.text := current_setting('application_name');
    v_metadata pg_catalog.jsonb;
    v_guarded pg_catalog.int4 := 0;
    v_setting pg_catalog.text;
    v_encoding pg_catalog.name := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
    v_duration_ms pg_catalog.int8;
    v_record_source pg_catalog.text;
    v_business_key pg_catalog."varchar";
    v_execution_hk pg_catalog.bytea;
BEGIN
    BEGIN
        -- The session could have written the stack, so a start outside its transaction is no start.
        IF length(v_stack) >= 16 AND translate(left(v_stack, 16), '0123456789', '') = ''
            AND substr(v_stack, 17, 1) IN ('', ' ') THEN
            v_started_at := to_timestamp(left(v_stack, 16)::pg_catalog.float8 / 1000000);
            v_stack := substr(v_stack, 18);
            v_nesting_level := coalesce(cardinality(string_to_array(v_stack, ' ')), 0);
            v_setting := set_config('dbtrack.ddl_stack', v_stack, true);
        END IF;
        IF v_started_at IS NULL OR v_started_at < transaction_timestamp() OR v_started_at > v_now THEN
            v_started_at := statement_timestamp();
        END IF;
        IF TG_TAG LIKE '% EXTENSION'
            AND split_part(current_setting('dbtrack.ddl_extension', true), ':', 1) = v_nesting_level::pg_catalog.text THEN
            PERFORM set_config('dbtrack.ddl_extension', '', true);
        END IF;
        v_duration_us := extract(epoch FROM v_now - v_started_at) * 1000000;
        -- The client's string is this DDL's own statement, but for what code in the server runs and strings of several.
        GET DIAGNOSTICS v_context = PG_CONTEXT;
        IF strpos(v_context, E'\n') > 0 OR strpos(rtrim(v_statement, E' \n\r\t;'), ';') > 0 THEN
            v_own := script_tracking.captured_statement(TG_TAG, v_context, true);
            v_is_whole := v_own.o_is_whole;
            v_beside := v_statement;
            v_statement := v_own.o_statement;
            IF strpos(v_context, E'\n') > 0 AND v_statement <> v_beside THEN
                v_client_statement := v_beside;
            END IF;
        END IF;
        IF TG_TAG IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES') THEN
            v_privileges := script_tracking.captured_privileges(TG_TAG, v_nesting_level);
        END IF;
        SELECT s.is_enabled, s.with_temporary, s.most_objects, s.statement_characters, s.redaction, s.has_tenants,
            c.identities, c.types, c.schemas
        INTO v_found
        FROM script_tracking.capture_setting AS s
        CROSS JOIN (
            SELECT array_agg(d.object_identity) AS identities, array_agg(d.object_type) AS types,
                array_agg(CASE WHEN d.object_type = 'schema' THEN (parse_ident(d.object_identity))[1]
                    ELSE d.schema_name END) AS schemas
            FROM pg_event_trigger_ddl_commands() AS d
            WHERE NOT d.in_extension) AS c;
        IF v_found.is_enabled IS NULL THEN
            RAISE EXCEPTION 'capture_setting has no row: run dbtrack install';
        ELSIF NOT v_found.is_enabled THEN
            RETURN;
        END IF;
        v_identities := v_found.identities;
        v_types := v_found.types;
        v_schemas := v_found.schemas;
        -- Nearly all name one object. Of a temporary one, the identity tells.
        IF cardinality(v_identities) IS DISTINCT FROM 1 OR coalesce(strpos(v_identities[1], 'pg_temp'), 1) > 0
            OR TG_TAG = 'CREATE EXTENSION' OR current_setting('dbtrack.ddl_dropped' || v_nesting_level, true) <> '' THEN
            SELECT o.o_happened, o.o_identities, o.o_types, o.o_schemas, o.o_objects_by_type
            INTO v_happened, v_identities, v_types, v_schemas, v_objects_by_type
            FROM script_tracking.captured_objects(TG_TAG, v_nesting_level, v_found.with_temporary,
                v_privileges -> 'objects') AS o;
            IF NOT v_happened THEN
                RETURN;
            END IF;
        END IF;
        v_object_count := coalesce(cardinality(v_identities), 0);
        v_identities := coalesce(v_identities[1:v_found.most_objects], '{}');
        IF v_found.has_tenants THEN
            v_tenant_hk := coalesce(
                CASE WHEN current_setting('dbtrack.tenant_token', true) <> '' THEN script_tracking.proven_tenant() END,
                (SELECT l.tenant_hk FROM script_tracking.tenant_role_l AS l
                 WHERE l.role_name = session_user AND l.is_default),
                -- One tenant for all its schemas, or none.
                (SELECT decode(max(encode(l.tenant_hk, 'hex')), 'hex') FROM script_tracking.tenant_schema_l AS l
                 WHERE l.schema_name = ANY (v_schemas::pg_catalog.name[]) HAVING count(DISTINCT l.tenant_hk) = 1));
        END IF;
        IF v_found.redaction = 'all' OR length(v_statement) > v_found.statement_characters
            -- SET app.token = abc needs no quotes.
            OR ((translate(v_statement, '''$', '') <> v_statement OR strpos(v_statement, '--') > 0
                    OR strpos(v_statement, '/*') > 0 OR strpos(lower(v_statement), 'set') > 0)
                AND script_tracking.carries_secret(v_statement || v_beside)) THEN
            v_statement := script_tracking.redact_part(
                v_statement, v_statement || v_beside, v_found.redaction, v_found.statement_characters);
        END IF;
        IF v_client_statement IS NOT NULL THEN
            v_client_statement := script_tracking.redact_part(
                v_client_statement, v_client_statement || v_statement, v_found.redaction, v_found.statement_characters);
            IF length(v_client_statement) > 1000 THEN
                v_client_statement := left(v_client_statement, 1000)
                    || format('... [cut: %s characters]', length(v_client_statement));
            END IF;
        END IF;
        IF strpos(v_application, ':') > 0 OR strpos(v_application, '=') > 0 THEN
            v_application := script_tracking.redact_message(v_application);
        END IF;
        -- As session_metadata: current_user is the owner of this function, the acting role is the setting.
        v_metadata := jsonb_strip_nulls(jsonb_build_object(
            'role', nullif(current_setting('role'), 'none'),
            'application_name', nullif(v_application, ''),
            'backend_pid', pg_backend_pid(),
            'transaction_id', pg_current_xact_id()::pg_catalog.text,
            'command_tag', TG_TAG,
            'duration_us', v_duration_us,
            'nesting_level', nullif(v_nesting_level, 0),
            'object_count', v_object_count,
            'object_types', v_types[1:v_found.most_objects],
            'objects_by_type', v_objects_by_type,
            'client_statement', v_client_statement,
            'statement_is_whole', v_is_whole,
            'extension_members', CASE WHEN TG_TAG LIKE '% EXTENSION'
                THEN script_tracking.captured_extension_members(v_identities) END));
        IF v_privileges IS NOT NULL THEN
            v_metadata := v_metadata || (v_privileges - 'objects');
        END IF;
        v_setting := current_setting('dbtrack.ddl_guarded', true);
        IF length(v_setting) BETWEEN 1 AND 4 AND translate(v_setting, '0123456789', '') = '' THEN
            v_guarded := v_setting::pg_catalog.int4;
        END IF;
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            PERFORM script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
            RETURN;
    END;
    -- The calls are for the few that run inside of something, or committed part-way, and for a long transaction.
    IF v_guarded >= 32 THEN
        PERFORM script_tracking.capture_write(TG_TAG, v_started_at, v_duration_us, v_nesting_level,
            v_tenant_hk, v_identities, v_statement, v_metadata);
        RETURN;
    END IF;
    BEGIN
        IF v_nesting_level > 0 OR current_setting('dbtrack.ddl_running', true) <> ''
            OR current_setting('dbtrack.execution', true) <> ''
            OR current_setting('dbtrack.ddl_children', true) <> '' THEN
            PERFORM script_tracking.capture_write(TG_TAG, v_started_at, v_duration_us, v_nesting_level,
                v_tenant_hk, v_identities, v_statement, v_metadata);
        ELSE
            -- As insert_execution: a test holds the two together.
            v_now := clock_timestamp();
            v_duration_ms := round(v_duration_us / 1000.0);
            v_record_source := 'event_trigger@'
                || coalesce(nullif(current_setting('cluster_name'), ''), host(inet_server_addr()), 'local')
                || ':' || current_setting('port');
            v_business_key := TG_TAG || to_char(v_now AT TIME ZONE 'UTC', '_YYYY-MM-DD_HH24:MI:SS.US_')
                || right(gen_random_uuid()::pg_catalog.text, 6);
            v_execution_hk := sha256(convert_to(v_business_key, v_encoding));
            INSERT INTO script_tracking.script_execution_h
                (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
            VALUES (v_execution_hk, v_business_key, v_tenant_hk, v_now, v_record_source);
            INSERT INTO script_tracking.script_execution_s
                (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
                 execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, sql_command,
                 metadata, record_source)
            VALUES (v_execution_hk, v_now,
                sha256(convert_to(jsonb_build_array(
                    encode(v_tenant_hk, 'hex'), TG_TAG, 'DDL_AUTO', 'COMPLETED',
                    (extract(epoch FROM v_started_at) * 1000000)::pg_catalog.int8, v_duration_ms, session_user,
                    host(inet_client_addr()), v_identities, v_statement, NULL, v_metadata,
                    v_record_source)::pg_catalog.text, v_encoding)),
                v_tenant_hk, TG_TAG, 'DDL_AUTO', 'COMPLETED', v_started_at, v_duration_ms, session_user,
                inet_client_addr(), v_identities, v_statement, v_metadata, v_record_source);
        END IF;
        v_setting := set_config('dbtrack.ddl_guarded', (v_guarded + 1)::pg_catalog.text, true);
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            PERFORM script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_ddl_end() IS
    'Records a DDL command that succeeded: one execution with all its objects';
