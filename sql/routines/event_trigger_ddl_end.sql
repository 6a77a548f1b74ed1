-- ddl_command_end: one execution for the command, with all its objects.
-- One function and one query, though it is long: most DDL is a transaction of its own, in which each call of a function
-- costs 25 microseconds to set up, a query 10 and an expression less than one (docs/decisions/0006-capture-cost.md).
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
BEGIN
    BEGIN
        -- The session could have written the stack, so a start outside its transaction is no start.
        IF v_stack ~ '^[0-9]{16}( |$)' THEN
            v_started_at := to_timestamp(left(v_stack, 16)::pg_catalog.float8 / 1000000);
            v_stack := substr(v_stack, 18);
            v_nesting_level := coalesce(cardinality(string_to_array(v_stack, ' ')), 0);
            PERFORM set_config('dbtrack.ddl_stack', v_stack, true);
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
            v_privileges := script_tracking.captured_privileges(TG_TAG, v_nesting_level, v_statement);
        END IF;
        WITH setting AS MATERIALIZED (
            SELECT coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.enabled'), 'on') AS enabled,
                coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.temporary_objects'), 'off')
                    AS temporary,
                coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.objects'), '1000')
                    ::pg_catalog.int4 AS most_objects,
                coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'capture.statement_characters'), '100000')
                    ::pg_catalog.int4 AS statement_characters,
                coalesce(max(t.setting_value) FILTER (WHERE t.setting_name = 'redaction.mode'), 'secrets') AS redaction
            FROM script_tracking.setting AS t
        ), object AS MATERIALIZED (
            -- Each once, where it came first. GRANT and its like name nothing, but they happened.
            SELECT e.object_identity, min(e.object_type) AS object_type, min(e.schema_name) AS schema_name,
                min(e.position) AS position
            FROM (
                SELECT c.object_identity, c.object_type, c.schema_name,
                    -- Of what is named within a table, as triggers are, only the identity tells.
                    c.schema_name = 'pg_temp' OR (c.schema_name IS NULL
                        AND c.object_identity ~ '^("([^"]|"")+"|[^" ]+) on pg_temp[.]') AS is_temporary,
                    c.position
                FROM pg_event_trigger_ddl_commands() WITH ORDINALITY AS c (classid, objid, objsubid, command_tag,
                    object_type, schema_name, object_identity, in_extension, command, position)
                WHERE NOT c.in_extension
                UNION ALL
                SELECT b.object_identity, b.object_type, b.schema_name, b.is_temporary, 1000000000 + b.position
                FROM script_tracking.captured_besides(TG_TAG, v_nesting_level) WITH ORDINALITY AS b (object_type,
                    object_identity, schema_name, is_temporary, position)
                WHERE current_setting('dbtrack.ddl_dropped' || v_nesting_level, true) <> ''
                    OR TG_TAG = 'CREATE EXTENSION'
            ) AS e
            WHERE e.is_temporary IS NOT TRUE OR (SELECT s.temporary FROM setting AS s) = 'on'
            GROUP BY e.object_identity
        )
        SELECT s.statement_characters, s.redaction,
            s.enabled = 'on' AND o.happened > 0 AS is_recorded,
            o.object_count,
            coalesce(o.identities[1:s.most_objects], '{}') AS identities,
            o.types[1:s.most_objects] AS types,
            CASE WHEN o.object_count > 1 THEN (
                SELECT jsonb_object_agg(n.object_type, n.number)
                FROM (SELECT b.object_type, count(*) AS number FROM object AS b
                      WHERE b.object_identity IS NOT NULL GROUP BY b.object_type) AS n) END AS objects_by_type,
            coalesce(
                (SELECT l.tenant_hk FROM script_tracking.tenant_role_l AS l
                 WHERE l.role_name = session_user AND l.is_default),
                -- One tenant for all its schemas, or none.
                (SELECT decode(max(encode(l.tenant_hk, 'hex')), 'hex') FROM script_tracking.tenant_schema_l AS l
                 WHERE l.schema_name = ANY (o.schemas) HAVING count(DISTINCT l.tenant_hk) = 1)) AS tenant_hk
        INTO v_found
        FROM setting AS s
        CROSS JOIN (
            SELECT count(*) AS happened,
                count(b.object_identity) AS object_count,
                array_agg(b.object_identity ORDER BY b.position) FILTER (WHERE b.object_identity IS NOT NULL)
                    AS identities,
                array_agg(b.object_type ORDER BY b.position) FILTER (WHERE b.object_identity IS NOT NULL) AS types,
                array_agg(CASE WHEN b.object_type = 'schema' THEN (parse_ident(b.object_identity))[1]
                    ELSE b.schema_name END::pg_catalog.name) AS schemas
            FROM object AS b
        ) AS o;
        IF NOT v_found.is_recorded THEN
            RETURN;
        END IF;
        IF v_found.redaction = 'all' OR length(v_statement) > v_found.statement_characters
            -- SET app.token = abc needs no quotes.
            OR v_statement ~* '[''$]|--|/[*]|[[:<:]]set[[:>:]]' THEN
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
        IF v_application ~ '[:=]' THEN
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
            'object_count', v_found.object_count,
            'object_types', v_found.types,
            'objects_by_type', v_found.objects_by_type,
            'client_statement', v_client_statement,
            'statement_is_whole', v_is_whole,
            'extension_members', CASE WHEN TG_TAG LIKE '% EXTENSION'
                THEN script_tracking.captured_extension_members(v_found.identities) END));
        IF v_privileges IS NOT NULL THEN
            v_metadata := v_metadata || v_privileges;
        END IF;
        IF current_setting('dbtrack.ddl_guarded', true) ~ '^[0-9]{1,4}$' THEN
            v_guarded := current_setting('dbtrack.ddl_guarded', true)::pg_catalog.int4;
        END IF;
    EXCEPTION
        WHEN serialization_failure OR deadlock_detected THEN
            RAISE;
        WHEN OTHERS THEN
            PERFORM script_tracking.capture_failed(TG_TAG, SQLSTATE, SQLERRM);
            RETURN;
    END;
    IF v_guarded >= 32 THEN
        PERFORM script_tracking.capture_write(TG_TAG, v_started_at, v_duration_us, v_nesting_level,
            v_found.tenant_hk, v_found.identities, v_statement, v_metadata);
        RETURN;
    END IF;
    BEGIN
        PERFORM script_tracking.capture_write(TG_TAG, v_started_at, v_duration_us, v_nesting_level,
            v_found.tenant_hk, v_found.identities, v_statement, v_metadata);
        PERFORM set_config('dbtrack.ddl_guarded', (v_guarded + 1)::pg_catalog.text, true);
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
