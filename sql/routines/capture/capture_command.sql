-- As event_trigger_ddl_end records a command, for those that go without a guarded block. The lines between the two marks are
-- the same there, where a call of this would cost each DDL a tenth more; a test holds the two equal.
CREATE OR REPLACE FUNCTION script_tracking.capture_command(
    p_command_tag pg_catalog.text,
    p_context pg_catalog.text,
    p_ended_at pg_catalog.timestamptz
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_tag ALIAS FOR p_command_tag;
    v_context ALIAS FOR p_context;
    v_ended_at ALIAS FOR p_ended_at;
    v_started_at pg_catalog.timestamptz;
    v_duration_us pg_catalog.int8;
    v_nesting_level pg_catalog.int4;
    v_tenant_hk pg_catalog.bytea;
    v_identities pg_catalog.text[];
    v_statement pg_catalog.text;
    v_metadata pg_catalog.jsonb;
    v_stack pg_catalog.text := current_setting('dbtrack.ddl_stack', true);
    -- The session could have written it, too: at worst it is without a guard, or has one more.
    v_done pg_catalog.text := current_setting('dbtrack.ddl_guarded', true);
    v_is_part pg_catalog.bool := true;
    v_is_whole pg_catalog.bool;
    v_has_secret pg_catalog.bool;
    v_is_suspect pg_catalog.bool;
    v_found record;
    v_own record;
    v_types pg_catalog.text[];
    v_count pg_catalog.int4;
    v_setting pg_catalog.text;
    v_dropped pg_catalog.text;
    v_besides pg_catalog.jsonb;
    v_privileges pg_catalog.jsonb;
    -- What few have in their metadata.
    v_rare pg_catalog.jsonb;
    v_now pg_catalog.timestamptz;
    v_business_key pg_catalog."varchar";
    v_execution_hk pg_catalog.bytea;
BEGIN
    -- Equal from here.
    -- The client's string is this DDL's own statement, but for what code in the server runs and strings of several. It is
    -- copied at each reading: not where a string is known to be of several.
    IF strpos(v_context, E'\n') = 0 AND (coalesce(current_setting('dbtrack.ddl_string', true), '') = ''
        OR NOT starts_with(substr(current_setting('dbtrack.ddl_string', true), 65),
            (extract(epoch FROM statement_timestamp()) * 1000000)::pg_catalog.int8 || ':')) THEN
        v_statement := current_query();
        v_is_part := octet_length(v_statement) > 1000000 OR strpos(rtrim(v_statement, E' \n\r\t;'), ';') > 0;
    END IF;
    SELECT s.is_enabled AND coalesce(current_setting('dbtrack.ddl_maintenance', true), '') = '' AS is_enabled,
        s.with_temporary, s.most_objects, s.statement_characters, s.redaction, s.has_tenants,
        s.ignored_schemas,
        s.ignored_schemas <> '{}' AND (s.ignored_roles = '{}' OR session_user = ANY (s.ignored_roles)) AS may_be_left_out,
        s.guarded_commands, c.identities, c.types, c.schemas, c.is_temporary,
        -- The session could have written the stack: a start outside its transaction is no start.
        CASE WHEN length(v_stack) >= 16 AND translate(left(v_stack, 16), '0123456789', '') = ''
            THEN to_timestamp(left(v_stack, 16)::pg_catalog.float8 / 1000000) END AS started_at,
        CASE WHEN length(v_stack) > 16 THEN cardinality(string_to_array(substr(v_stack, 18), ' ')) ELSE 0 END
            AS nesting_level,
        set_config('dbtrack.ddl_stack', coalesce(substr(v_stack, 18), ''), true) AS stack,
        set_config('dbtrack.ddl_guarded', (CASE WHEN v_done <> '' AND length(v_done) <= 8
            AND translate(v_done, '0123456789', '') = '' THEN v_done::pg_catalog.int4 ELSE 0 END + 1)::pg_catalog.text, true)
            ::pg_catalog.int4 AS done,
        (cardinality(c.identities) = 1 AND NOT c.is_temporary) IS NOT TRUE OR length(v_stack) > 16 OR right(v_tag, 10) = ' EXTENSION'
            OR coalesce(current_setting('dbtrack.ddl_dropped0', true), '') <> ''
            OR pg_my_temp_schema() <> 0 OR current_setting('session_replication_role') = 'replica' AS has_others,
        concat(current_setting('dbtrack.ddl_running', true), current_setting('dbtrack.execution', true),
            current_setting('dbtrack.ddl_children', true)) <> '' OR length(v_stack) > 16 AS is_inside,
        'event_trigger@' || coalesce(nullif(current_setting('cluster_name'), ''), 'local')
            || ':' || current_setting('port') || '/' || current_database() AS record_source,
        CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END AS encoding
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
    -- Whatever comes of it, its mark ends with it: what follows in the same string is no part of an extension's script.
    IF right(v_tag, 10) = ' EXTENSION' AND split_part(current_setting('dbtrack.ddl_extension', true), ':', 1)
        = v_found.nesting_level::pg_catalog.text THEN
        v_setting := set_config('dbtrack.ddl_extension', '', true);
    END IF;
    -- Also while capture is off: the next statement of the string is looked for after this one.
    IF v_is_part THEN
        v_own := script_tracking.captured_statement(v_tag, v_context, v_found.identities, v_found.types, true);
        v_statement := v_own.o_statement;
        v_has_secret := v_own.o_has_secret;
        v_is_whole := v_own.o_is_whole;
        v_rare := jsonb_build_object('statement_is_whole', v_is_whole);
    END IF;
    IF v_found.is_enabled IS NOT TRUE THEN
        IF v_found.is_enabled IS NULL THEN
            RAISE EXCEPTION 'capture_setting has no row: run dbtrack install' USING ERRCODE = 'DT001';
        ELSIF script_tracking.captured_is_switched_off(v_found.schemas) THEN
            RETURN;
        END IF;
    END IF;
    v_started_at := CASE WHEN v_found.started_at BETWEEN transaction_timestamp() AND v_ended_at THEN v_found.started_at
        ELSE statement_timestamp() END;
    v_duration_us := date_part('epoch', v_ended_at - v_started_at) * 1000000;
    v_nesting_level := v_found.nesting_level;
    v_identities := v_found.identities;
    v_types := v_found.types;
    v_count := 1;
    IF v_found.has_others THEN
        -- What sql_drop left for this nesting level, taken once, if it is what sql_drop wrote.
        v_setting := 'dbtrack.ddl_dropped' || v_nesting_level;
        v_dropped := current_setting(v_setting, true);
        IF v_dropped <> '' THEN
            v_setting := set_config(v_setting, '', true);
            IF left(v_dropped, 64) = script_tracking.capture_digest(substr(v_dropped, 65)) THEN
                v_besides := substr(v_dropped, 65);
            END IF;
        END IF;
        IF v_tag IN ('GRANT', 'REVOKE', 'ALTER DEFAULT PRIVILEGES') AND v_identities IS NOT NULL THEN
            v_privileges := script_tracking.captured_privileges(v_tag, v_nesting_level);
            v_besides := coalesce(v_besides, '[]') || coalesce(v_privileges -> 'objects', '[]');
        END IF;
        v_own := script_tracking.captured_objects(v_tag, v_identities, v_types, v_found.schemas, v_besides,
            v_found.is_temporary, v_found.with_temporary);
        IF NOT v_own.o_happened THEN
            RETURN;
        END IF;
        v_count := cardinality(v_own.o_identities);
        v_identities := v_own.o_identities[1:v_found.most_objects];
        v_types := v_own.o_types[1:v_found.most_objects];
        v_found.schemas := v_own.o_schemas;
        v_rare := coalesce(v_rare, '{}') || jsonb_build_object(
            'objects_by_type', v_own.o_objects_by_type,
            'nesting_level', nullif(v_nesting_level, 0),
            'extension_members', CASE WHEN right(v_tag, 10) = ' EXTENSION'
                THEN script_tracking.captured_extension_members(v_identities) END,
            -- As capture_drop_partly leaves it.
            'not_described', CASE WHEN v_besides #>> '{0,4}' IS NOT NULL
                THEN jsonb_build_object('dropped', v_besides #>> '{0,4}') END);
        IF (v_besides IS NOT NULL AND v_tag NOT LIKE 'DROP %') OR pg_my_temp_schema() <> 0
            OR current_setting('session_replication_role') = 'replica' THEN
            v_rare := v_rare || script_tracking.captured_circumstances(v_tag, v_besides);
        END IF;
    END IF;
    -- One condition for both: each costs every DDL.
    IF v_found.may_be_left_out OR (v_tag IN ('ALTER TABLE', 'ALTER INDEX')
        AND strpos(lower(left(v_statement, 1000000) COLLATE pg_catalog."C"), 'partition') > 0) THEN
        FOR v_own IN SELECT p.* FROM script_tracking.captured_partition(left(v_statement, 1000000)) AS p WHERE v_tag LIKE 'ALTER %' LOOP
            v_identities := v_identities || v_own.object_identity;
            v_types := v_types || v_own.object_type;
            v_found.schemas := v_found.schemas || v_own.schema_name;
            v_count := v_count + 1;
        END LOOP;
        IF v_found.may_be_left_out AND v_nesting_level = 0 AND v_is_whole IS NOT TRUE AND v_statement IS NOT NULL
            AND script_tracking.captured_is_left_out(v_tag, v_types, v_found.schemas, v_found.ignored_schemas, v_statement) THEN
            RETURN;
        END IF;
    END IF;
    IF v_found.has_tenants THEN
        v_tenant_hk := script_tracking.captured_tenant(v_found.schemas);
    END IF;
    v_is_suspect := v_found.redaction = 'all' OR octet_length(v_statement) > 1000000
        OR length(v_statement) > v_found.statement_characters
        -- No secret without one of these; SET app.token = abc needs no quotes.
        OR ((strpos(v_statement, '''') > 0 OR strpos(v_statement, '$') > 0 OR strpos(v_statement, '--') > 0
                OR strpos(v_statement, '/*') > 0 OR strpos(lower(v_statement COLLATE pg_catalog."C"), 'set') > 0)
            -- carries_secret is a regular expression: of what is short, all that could match has one of these.
            AND (length(v_statement) > 250 OR
                -- <secrets:statement_look lower(v_statement COLLATE "C")>
                lower(v_statement COLLATE "C") LIKE ANY (ARRAY[
                    '%pass%', '%pw%', '%kennwort%', '%secret%', '%token%', '%credential%', '%bearer%', '%oauth%',
                    '%jwt%', '%cookie%', '%webhook%', '%dblink%', '%conn%', '%pgp_%', '%hmac%', '%crypt%',
                    '%digest%', '%authorization%', $l$%\_user%$l$, '%key%', '%sig=%', '%signature%', '%identified%',
                    '%account_add%', '%curl%', '%mysql%', '%options%', '%://%', '%u&%', $l$%\\%$l$, '%scram%',
                    '%md5%', '%$2_$%', '%$argon%', '%pbkdf2%', $l$%gh_\_%$l$, $l$%\_pat\_%$l$, '%gl__-%',
                    '%gl___-%', '%xox%', '%xapp%', '%slack.com%', '%k_live_%', '%k_test_%', '%whsec%', '%aiza%',
                    '%gocspx%', '%pypi-%', '%v1_%', '%eyj%', '%a_ia%', '%ya29%', '%npm_%', '%sk-%', '%hf_%',
                    '%sg.%', '%hv_.%']::pg_catalog._text)
                -- </secrets>
            ));
    IF v_is_part THEN
        IF strpos(v_context, E'\n') > 0 OR v_statement IS NULL THEN
            v_own := script_tracking.client_excerpt(
                v_has_secret IS TRUE OR (v_is_suspect IS TRUE AND script_tracking.string_carries_secret(v_statement)),
                v_found.redaction, v_found.statement_characters);
            v_has_secret := v_has_secret IS TRUE OR v_own.o_has_secret;
            IF v_statement IS NOT NULL THEN
                v_rare := v_rare || jsonb_build_object('client_statement', v_own.o_excerpt);
            END IF;
        END IF;
    END IF;
    IF v_statement IS NULL THEN
        v_statement := v_own.o_excerpt;
    ELSIF v_is_suspect OR v_has_secret THEN
        v_statement := script_tracking.bounded_statement(v_statement, v_has_secret, v_found.redaction,
            v_found.statement_characters);
    END IF;
    IF v_is_part THEN
        IF v_is_whole AND length(v_statement) > 1000 AND right(v_statement, 12) <> ' characters]' THEN
            -- Of what cannot be told apart the beginning: in full it would be stored with each of its DDL.
            v_statement := left(v_statement, 1000) || format('... [cut: %s characters]', length(v_statement));
        END IF;
    END IF;
    -- As session_metadata: current_user is the owner of this function, the acting role is the setting.
    v_metadata := jsonb_build_object(
        'role', nullif(current_setting('role'), 'none'),
        'application_name', nullif(CASE WHEN length(current_setting('application_name')) >= 8 AND
            -- <secrets:name_look lower(current_setting('application_name') COLLATE "C")>
            (
                lower(current_setting('application_name') COLLATE "C") LIKE ANY (ARRAY[
                    '%:%', '%=%', '%%3%', '%<%', $l$%'%$l$, '%"%', '%$%', '%bearer%', '%identified%',
                    '%private key%', '%scram%', '%md5%', '%pbkdf2%', $l$%gh_\_%$l$, $l$%\_pat\_%$l$, '%gl__-%',
                    '%gl___-%', '%xox%', '%xapp%', '%slack.com%', '%k_live_%', '%k_test_%', '%whsec%', '%aiza%',
                    '%gocspx%', '%pypi-%', '%v1_%', '%secret-key%', '%eyj%', '%a_ia%', '%ya29%', '%npm_%', '%sk-%',
                    '%hf_%', '%sg.%', '%hv_.%', '%sk________________________________%']::pg_catalog._text)
                OR (lower(current_setting('application_name') COLLATE "C") LIKE ANY (ARRAY['-%', '%--%'])
                    OR replace(lower(current_setting('application_name') COLLATE "C"), ' - ', ' ') LIKE '% -%')
                    AND lower(current_setting('application_name') COLLATE "C") LIKE ANY (ARRAY[
                        '%pass%', '%pw%', '%psw%', '%pat%', '%sig%', '%kennwort%', '%secret%', '%token%',
                        '%credential%', '%key%', '%cookie%', '%jwt%', '%bearer%', '%_auth%', '%mysql%', '%mariadb%',
                        '%mycli%', '%7z%', '%login%', '%mongo%', '%cqlsh%', '%redis-cli%', '%ldap%', '%sqlcmd%',
                        '%bcp%', '%isql%', '%zip%', '%curl%']::pg_catalog._text)
            )
            -- </secrets>
            THEN script_tracking.redact_message(current_setting('application_name'))
            ELSE current_setting('application_name') END, ''),
        'backend_pid', pg_backend_pid(),
        'transaction_id', pg_current_xact_id()::pg_catalog.text,
        'command_tag', v_tag,
        'duration_us', v_duration_us,
        'object_count', v_count,
        'object_types', v_types);
    IF v_rare IS NOT NULL THEN
        v_metadata := v_metadata || v_rare || coalesce(v_privileges - 'objects', '{}');
    END IF;
    v_metadata := jsonb_strip_nulls(v_metadata);
    -- Equal up to here.
    -- The call is for the few that run inside of something, or committed part-way.
    IF v_found.is_inside THEN
        v_setting := script_tracking.capture_write(v_tag, v_started_at, v_duration_us,
            CASE WHEN strpos(v_context, E'\n') > 0 THEN v_nesting_level ELSE 0 END, v_tenant_hk, v_identities, v_statement, v_metadata);
        RETURN;
    END IF;
    -- As insert_execution: a test holds the two together. A loop is a portal of its own, whose locks go to the transaction.
    v_now := clock_timestamp();
    v_business_key := v_tag || to_char(v_now AT TIME ZONE 'UTC', '_YYYY-MM-DD_HH24:MI:SS.US_')
        || right(gen_random_uuid()::pg_catalog.text, 6);
    v_execution_hk := sha256(convert_to(v_business_key, v_found.encoding));
    FOR v_setting IN
        INSERT INTO script_tracking.script_execution_h
            (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
        VALUES (v_execution_hk, v_business_key, v_tenant_hk, v_now, v_found.record_source)
        RETURNING ''
    LOOP
        NULL;
    END LOOP;
    FOR v_setting IN
        INSERT INTO script_tracking.script_execution_s
            (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
             execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, sql_command,
             metadata, record_source)
        VALUES (v_execution_hk, v_now,
            sha256(convert_to(jsonb_build_array(
                encode(v_tenant_hk, 'hex'), v_tag, 'DDL_AUTO', 'COMPLETED',
                (extract(epoch FROM v_started_at) * 1000000)::pg_catalog.int8, (v_duration_us + 500) / 1000,
                session_user, host(inet_client_addr()), v_identities, v_statement, NULL, v_metadata,
                v_found.record_source)::pg_catalog.text, v_found.encoding)),
            v_tenant_hk, v_tag, 'DDL_AUTO', 'COMPLETED', v_started_at, (v_duration_us + 500) / 1000,
            session_user, inet_client_addr(), v_identities, v_statement, v_metadata, v_found.record_source)
        RETURNING ''
    LOOP
        NULL;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.capture_command(pg_catalog.text, pg_catalog.text, pg_catalog.timestamptz) IS
    'Records a DDL command that succeeded, late in a large transaction';
