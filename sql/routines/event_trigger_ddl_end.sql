-- ddl_command_end: one execution for the command, with all its objects.
-- One function with few expressions, though it is long: most DDL is a transaction of its own, in which each expression has to
-- be set up anew, and each call of a function costs 25 microseconds (docs/decisions/0006-capture-cost.md). What few DDL
-- need, as strings of several statements, privileges and temporary objects, is called only then.
-- All that can fail is guarded. The rows are written in the same block for the first 32 commands of a transaction; later
-- ones are written after it, because a block that writes takes a subtransaction id, and more would overflow the backend's
-- cache of 64. By then the tables have taken 32 rows, and their locks are held to the end.
CREATE OR REPLACE FUNCTION script_tracking.event_trigger_ddl_end()
RETURNS pg_catalog.event_trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET quote_all_identifiers = off
-- Small look-ups by key: planning them anew each time costs more than any plan could save.
SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    v_now pg_catalog.timestamptz := clock_timestamp();
    v_stack pg_catalog.text := current_setting('dbtrack.ddl_stack', true);
    v_started_at pg_catalog.timestamptz;
    v_duration_us pg_catalog.int8;
    v_nesting_level pg_catalog.int4 := 0;
    v_found record;
    v_count pg_catalog.int4;
    v_identities pg_catalog.text[];
    v_types pg_catalog.text[];
    v_schemas pg_catalog.text[];
    v_objects_by_type pg_catalog.jsonb;
    v_tenant_hk pg_catalog.bytea;
    v_statement pg_catalog.text := current_query();
    v_context pg_catalog.text;
    v_own record;
    v_dropped pg_catalog.text;
    v_besides pg_catalog.jsonb;
    v_client_statement pg_catalog.text;
    v_beside pg_catalog.text := '';
    v_privileges pg_catalog.jsonb;
    v_application pg_catalog.text := current_setting('application_name');
    v_metadata pg_catalog.jsonb;
    v_rare pg_catalog.jsonb;
    v_setting pg_catalog.text;
    v_guarded pg_catalog.int4 := 0;
    v_encoding pg_catalog.name;
    v_duration_ms pg_catalog.int8;
    v_record_source pg_catalog.text;
    v_business_key pg_catalog."varchar";
    v_execution_hk pg_catalog.bytea;
BEGIN
    BEGIN
        -- The session could have written the stack, so a start outside its transaction is no start.
        IF length(v_stack) >= 16 AND translate(left(v_stack, 16), '0123456789', '') = '' THEN
            v_started_at := to_timestamp(left(v_stack, 16)::pg_catalog.float8 / 1000000);
            v_stack := substr(v_stack, 18);
            v_setting := set_config('dbtrack.ddl_stack', v_stack, true);
            IF v_stack <> '' THEN
                v_nesting_level := cardinality(string_to_array(v_stack, ' '));
                v_rare := jsonb_build_object('nesting_level', v_nesting_level);
            END IF;
        END IF;
        IF v_started_at BETWEEN transaction_timestamp() AND v_now THEN
            v_duration_us := date_part('epoch', v_now - v_started_at) * 1000000;
        ELSE
            v_started_at := statement_timestamp();
            v_duration_us := date_part('epoch', v_now - v_started_at) * 1000000;
        END IF;
        -- The client's string is this DDL's own statement, but for what code in the server runs and strings of several.
        GET DIAGNOSTICS v_context = PG_CONTEXT;
        IF strpos(v_context, E'\n') > 0 OR strpos(rtrim(v_statement, E' \n\r\t;'), ';') > 0 THEN
            v_own := script_tracking.captured_statement(TG_TAG, v_context, true);
            v_beside := v_statement;
            v_statement := v_own.o_statement;
            IF strpos(v_context, E'\n') > 0 AND v_statement <> v_beside THEN
                v_client_statement := v_beside;
            END IF;
            v_rare := coalesce(v_rare, '{}') || jsonb_build_object('statement_is_whole', v_own.o_is_whole);
        END IF;
        SELECT s.is_enabled, s.with_temporary, s.most_objects, s.statement_characters, s.redaction, s.has_tenants,
            c.identities, c.types, c.schemas, c.is_temporary
        INTO v_found
        FROM script_tracking.capture_setting AS s
        CROSS JOIN (
            SELECT array_agg(d.object_identity) AS identities, array_agg(d.object_type) AS types,
                array_agg(CASE WHEN d.object_type = 'schema' THEN (parse_ident(d.object_identity))[1]
                    ELSE d.schema_name END) AS schemas,
                -- Of a temporary one, the identity tells.
                bool_or(strpos(d.object_identity, 'pg_temp') > 0) AS is_temporary
            FROM pg_event_trigger_ddl_commands() AS d
            WHERE NOT d.in_extension) AS c;
        IF v_found.is_enabled IS NOT TRUE THEN
            IF v_found.is_enabled IS NULL THEN
                RAISE EXCEPTION 'capture_setting has no row: run dbtrack install';
            END IF;
            RETURN;
        END IF;
        v_identities := v_found.identities;
        v_types := v_found.types;
        v_schemas := v_found.schemas;
        v_count := cardinality(v_identities);
        v_setting := 'dbtrack.ddl_dropped' || v_nesting_level;
        v_dropped := current_setting(v_setting, true);
        -- What sql_drop left for this nesting level, taken once, if it is what sql_drop wrote.
        IF v_dropped <> '' THEN
            v_setting := set_config(v_setting, '', true);
            IF left(v_dropped, 64) = script_tracking.capture_digest(substr(v_dropped, 65)) THEN
                v_besides := substr(v_dropped, 65);
            END IF;
        END IF;
        IF TG_TAG IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES') AND v_count > 0 THEN
            v_privileges := script_tracking.captured_privileges(TG_TAG, v_nesting_level);
            v_besides := coalesce(v_besides, '[]') || coalesce(v_privileges -> 'objects', '[]');
        END IF;
        -- Nearly all name one object.
        IF v_count > 1 OR v_found.is_temporary IS NOT FALSE OR v_besides IS NOT NULL OR TG_TAG = 'CREATE EXTENSION' THEN
            v_own := script_tracking.captured_objects(TG_TAG, v_identities, v_types, v_schemas, v_besides,
                v_found.is_temporary, v_found.with_temporary);
            IF NOT v_own.o_happened THEN
                RETURN;
            END IF;
            v_identities := v_own.o_identities;
            v_types := v_own.o_types;
            v_schemas := v_own.o_schemas;
            v_rare := coalesce(v_rare, '{}') || jsonb_build_object('objects_by_type', v_own.o_objects_by_type);
            v_count := cardinality(v_identities);
        END IF;
        IF v_count > v_found.most_objects THEN
            v_identities := v_identities[1:v_found.most_objects];
            v_types := v_types[1:v_found.most_objects];
        END IF;
        IF v_found.has_tenants THEN
            v_tenant_hk := coalesce(
                CASE WHEN current_setting('dbtrack.tenant_token', true) <> '' THEN script_tracking.proven_tenant() END,
                (SELECT l.tenant_hk FROM script_tracking.tenant_role_l AS l
                 WHERE l.role_name = session_user AND l.is_default),
                -- One tenant for all its schemas, or none.
                (SELECT decode(max(encode(l.tenant_hk, 'hex')), 'hex') FROM script_tracking.tenant_schema_l AS l
                 WHERE l.schema_name = ANY (v_schemas::pg_catalog.name[]) HAVING count(DISTINCT l.tenant_hk) = 1));
        END IF;
        IF v_found.redaction = 'all' OR length(v_statement) > v_found.statement_characters THEN
            v_statement := script_tracking.redact_part(
                v_statement, v_statement || v_beside, v_found.redaction, v_found.statement_characters);
        -- No secret without one of these; SET app.token = abc needs no quotes.
        ELSIF translate(v_statement, '''$-/', '') <> v_statement OR strpos(lower(v_statement), 'set') > 0 THEN
            -- carries_secret is a regular expression: of what is short, all that could match has one of these as well.
            IF length(v_beside) + length(v_statement) > 250 OR lower((v_statement || v_beside) COLLATE "C") LIKE ANY (
                '{%pass%,%pw%,%kennwort%,%secret%,%token%,%credential%,%bearer%,%oauth%,%jwt%,%cookie%,%webhook%,%dblink%,'
                '%conninfo%,%pgp\\_%,%hmac%,%crypt%,%digest%,%authorization%,%\\_user%,%key%,%identified%,%connection%,'
                '%mapping%,%server%,%://%,%akia%,%asia%,%gh_\\_%,%github%,%glpat%,%xox%,%k\\_live%,%k\\_test%,%aiza%,%eyj%,'
                '%-----%,%scram%,%md5%,%$2%,%u&%,%\\\\%}'::pg_catalog._text) THEN
                v_statement := script_tracking.redact_part(
                    v_statement, v_statement || v_beside, v_found.redaction, v_found.statement_characters);
            END IF;
        END IF;
        IF v_client_statement IS NOT NULL THEN
            v_client_statement := script_tracking.redact_part(
                v_client_statement, v_client_statement || v_statement, v_found.redaction, v_found.statement_characters);
            v_rare := coalesce(v_rare, '{}') || jsonb_build_object('client_statement',
                CASE WHEN length(v_client_statement) > 1000 THEN left(v_client_statement, 1000)
                    || format('... [cut: %s characters]', length(v_client_statement)) ELSE v_client_statement END);
        END IF;
        IF translate(v_application, ':=', '') <> v_application THEN
            v_application := script_tracking.redact_message(v_application);
        END IF;
        IF TG_TAG LIKE '% EXTENSION' THEN
            IF split_part(current_setting('dbtrack.ddl_extension', true), ':', 1) = v_nesting_level::pg_catalog.text THEN
                v_setting := set_config('dbtrack.ddl_extension', '', true);
            END IF;
            v_rare := coalesce(v_rare, '{}') || jsonb_build_object(
                'extension_members', script_tracking.captured_extension_members(v_identities));
        END IF;
        -- As session_metadata: current_user is the owner of this function, the acting role is the setting.
        v_metadata := jsonb_build_object(
            'role', nullif(current_setting('role'), 'none'),
            'application_name', nullif(v_application, ''),
            'backend_pid', pg_backend_pid(),
            'transaction_id', pg_current_xact_id()::pg_catalog.text,
            'command_tag', TG_TAG,
            'duration_us', v_duration_us,
            'object_count', v_count,
            'object_types', v_types);
        IF v_rare IS NOT NULL OR v_privileges IS NOT NULL THEN
            v_metadata := v_metadata || coalesce(v_rare, '{}') || coalesce(v_privileges - 'objects', '{}');
        END IF;
        v_metadata := jsonb_strip_nulls(v_metadata);
        v_setting := current_setting('dbtrack.ddl_guarded', true);
        IF v_setting <> '' AND length(v_setting) <= 4 AND translate(v_setting, '0123456789', '') = '' THEN
            v_guarded := v_setting;
        END IF;
        IF v_guarded < 32 THEN
            v_setting := set_config('dbtrack.ddl_guarded', (v_guarded + 1)::pg_catalog.text, true);
            -- The call is for the few that run inside of something, or committed part-way.
            IF v_nesting_level > 0 OR current_setting('dbtrack.ddl_running', true) <> ''
                OR current_setting('dbtrack.execution', true) <> ''
                OR current_setting('dbtrack.ddl_children', true) <> '' THEN
                v_setting := script_tracking.capture_write(TG_TAG, v_started_at, v_duration_us, v_nesting_level,
                    v_tenant_hk, v_identities, v_statement, v_metadata);
                RETURN;
            END IF;
            -- As insert_execution: a test holds the two together.
            v_now := clock_timestamp();
            v_encoding := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
            v_duration_ms := (v_duration_us + 500) / 1000;
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
            RETURN;
        END IF;
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            v_setting := script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
            RETURN;
    END;
    v_setting := script_tracking.capture_write(TG_TAG, v_started_at, v_duration_us, v_nesting_level,
        v_tenant_hk, v_identities, v_statement, v_metadata);
END
$function$;

COMMENT ON FUNCTION script_tracking.event_trigger_ddl_end() IS
    'Records a DDL command that succeeded: one execution with all its objects';
