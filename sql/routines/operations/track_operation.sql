-- Starts an operation: a hub row and a RUNNING version. The caller records only its own work.
-- It writes its rows itself, as insert_execution and open_execution do for all other callers (a test compares them),
-- and calls a function only if that has something to do: most calls are a transaction of their own, in which the setup
-- of a function costs as much as a row (docs/decisions/0006-capture-cost.md).
CREATE OR REPLACE FUNCTION script_tracking.track_operation(
    script_name pg_catalog."varchar",
    script_type pg_catalog."varchar" DEFAULT 'MANUAL',
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    metadata pg_catalog.jsonb DEFAULT NULL,
    bound_to_connection pg_catalog.bool DEFAULT false,
    writer pg_catalog."varchar" DEFAULT 'track_operation'
)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
-- Lookups by key, and rows to append: planning these again in each of a session's first calls saves nothing.
SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    v_encoding pg_catalog.name := CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END;
    v_client_ip pg_catalog.inet := inet_client_addr();
    v_application pg_catalog.text := current_setting('application_name');
    v_name pg_catalog."varchar" := script_name;
    v_type pg_catalog."varchar" := script_type;
    v_tenant_hk pg_catalog.bytea;
    v_metadata pg_catalog.jsonb;
    v_backend_start pg_catalog.timestamptz;
    v_now pg_catalog.timestamptz;
    v_record_source pg_catalog.text;
    v_business_key pg_catalog.text;
    v_execution_hk pg_catalog.bytea;
    v_checked pg_catalog.text;
BEGIN
    -- A quick check shows that nearly all values are valid and need no redaction; these functions handle the others.
    IF (length(script_name) <= 255 AND script_name NOT LIKE ALL ('{"", " %", db%, dB%, Db%, DB%}'::pg_catalog.text[])
        AND length(script_type) <= 50
        AND script_type NOT LIKE ALL ('{"", " %", d%, D%, r%, R%, s%, S%, u%, U%, cl%, cL%, Cl%, CL%}'::pg_catalog.text[])
        AND writer IN ('track_operation', 'dbtrack_cli', 'tracker_api', 'rest_api')
        AND NOT
            -- <secrets:name_look lower(concat_ws(' ', script_name, script_type, v_application) COLLATE "C")>
            (
                lower(concat_ws(' ', script_name, script_type, v_application) COLLATE "C") LIKE ANY (ARRAY[
                    '%:%', '%=%', '%%3%', '%<%', $l$%'%$l$, '%"%', '%$%', '%bearer%', '%identified%',
                    '%private key%', '%scram%', '%md5%', '%pbkdf2%', $l$%gh_\_%$l$, $l$%\_pat\_%$l$, '%gl__-%',
                    '%gl___-%', '%xox%', '%xapp%', '%slack.com%', '%k_live_%', '%k_test_%', '%whsec%', '%aiza%',
                    '%gocspx%', '%pypi-%', '%v1_%', '%secret-key%', '%eyj%', '%a_ia%', '%ya29%', '%npm_%', '%sk-%',
                    '%hf_%', '%sg.%', '%hv_.%', '%sk________________________________%']::pg_catalog._text)
                OR (lower(concat_ws(' ', script_name, script_type, v_application) COLLATE "C") LIKE ANY (ARRAY['-%', '%--%'])
                    OR replace(lower(concat_ws(' ', script_name, script_type, v_application) COLLATE "C"), ' - ', ' ') LIKE '% -%')
                    AND lower(concat_ws(' ', script_name, script_type, v_application) COLLATE "C") LIKE ANY (ARRAY[
                        '%pass%', '%pw%', '%psw%', '%pat%', '%sig%', '%kennwort%', '%secret%', '%token%',
                        '%credential%', '%key%', '%cookie%', '%jwt%', '%bearer%', '%_auth%', '%mysql%', '%mariadb%',
                        '%mycli%', '%7z%', '%login%', '%mongo%', '%cqlsh%', '%redis-cli%', '%ldap%', '%sqlcmd%',
                        '%bcp%', '%isql%', '%zip%', '%curl%']::pg_catalog._text)
            )
            -- </secrets>
    ) IS NOT TRUE THEN
        v_checked := script_tracking.check_operation(script_name, script_type, writer);
        v_name := script_tracking.redact_message(script_name);
        v_type := script_tracking.redact_message(script_type);
        v_application := script_tracking.redact_message(v_application);
    END IF;
    IF tenant_hk IS NOT NULL OR (SELECT s.has_tenants FROM script_tracking.capture_setting AS s) IS NOT FALSE THEN
        v_tenant_hk := script_tracking.writing_tenant(tenant_hk);
    END IF;
    -- As in session_metadata.
    v_metadata := jsonb_strip_nulls(jsonb_build_object(
        'role', nullif(current_setting('role'), 'none'),
        'application_name', nullif(v_application, ''),
        'backend_pid', pg_backend_pid(),
        'transaction_id', pg_current_xact_id()::pg_catalog.text));
    IF metadata IS NOT NULL THEN
        v_metadata := script_tracking.caller_metadata(metadata) || v_metadata;
    END IF;
    -- Not before the transaction has its id: rollups and seals rely on that.
    v_now := clock_timestamp();
    v_record_source := concat(writer, '@',
        coalesce(nullif(current_setting('cluster_name'), ''), 'local'),
        ':', current_setting('port'), '/', current_database());
    v_business_key := v_name || to_char(v_now AT TIME ZONE 'UTC', '_YYYY-MM-DD_HH24:MI:SS.US_')
        || right(gen_random_uuid()::pg_catalog.text, 6);
    v_execution_hk := sha256(convert_to(v_business_key, v_encoding));
    INSERT INTO script_tracking.script_execution_h
        (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
    VALUES (v_execution_hk, v_business_key, v_tenant_hk, v_now, v_record_source);
    INSERT INTO script_tracking.script_execution_s
        (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
         execution_timestamp, db_session_user, client_ip, metadata, record_source)
    VALUES (v_execution_hk, v_now,
        sha256(convert_to(jsonb_build_array(
            encode(v_tenant_hk, 'hex'), v_name, v_type, 'RUNNING',
            (extract(epoch FROM v_now) * 1000000)::pg_catalog.int8, NULL, session_user, host(v_client_ip),
            '{}'::pg_catalog.text[], NULL, NULL, v_metadata, v_record_source)::pg_catalog.text, v_encoding)),
        v_tenant_hk, v_name, v_type, 'RUNNING', v_now, session_user, v_client_ip, v_metadata, v_record_source);
    -- Only for a bound execution somebody will check whether its connection still exists.
    IF bound_to_connection THEN
        v_backend_start := script_tracking.backend_start();
    END IF;
    INSERT INTO script_tracking.open_execution
        (script_execution_hk, load_date, opened_by, is_bound, backend_pid, backend_start)
    VALUES (v_execution_hk, v_now, session_user, coalesce(bound_to_connection, false), pg_backend_pid(), v_backend_start);
    IF current_setting('dbtrack.execution', true) <> '' THEN
        PERFORM script_tracking.link_claimed_parent(v_execution_hk, v_now, v_tenant_hk, v_record_source);
    END IF;
    RETURN v_execution_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.track_operation(
    pg_catalog."varchar", pg_catalog."varchar", pg_catalog.bytea, pg_catalog.jsonb, pg_catalog.bool,
    pg_catalog."varchar") IS
    'Starts an operation and returns its hash key; close it with complete_operation. tenant_hk: default is the login''s '
    'own; bound_to_connection: ABANDONED once this connection is gone';
