-- Records the entries of a server log, and advances the position of the log: both or neither, so that no log is
-- recorded twice. records is an array of objects: script_name, execution_status (COMPLETED, FAILED),
-- execution_timestamp, db_session_user, and optionally entry_hash, failure_hash (see new_log_records), script_type
-- (DDL_LOG, SECURITY), duration_us, client_ip, affected_objects, sql_command, error_message, metadata,
-- session_statement, is_concurrent. log_position is an object: source_hash, tail_hash (hex), source_name, log_format,
-- from_offset, to_offset, and provider_place for a log that a provider hands out.
-- Returns how many were recorded, how many of these failed, and for how many records of the triggers the log had the
-- error. For administrators only, because it records what others did, as the log reports it.
CREATE OR REPLACE FUNCTION script_tracking.ingest_log_records(
    records pg_catalog.jsonb,
    log_position pg_catalog.jsonb,
    OUT recorded pg_catalog.int4,
    OUT failed pg_catalog.int4,
    OUT explained pg_catalog.int4
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET standard_conforming_strings = on
AS $function$
DECLARE
    v_now pg_catalog.timestamptz := clock_timestamp();
    v_record_source pg_catalog."varchar" := script_tracking.record_source('log_ingest');
    v_source pg_catalog.jsonb := jsonb_build_object('log_source', log_position ->> 'source_name', 'ingested_by', session_user);
    v_mode pg_catalog.text := script_tracking.current_setting_value('redaction.mode');
    v_longest pg_catalog.int4 := script_tracking.current_setting_value('capture.statement_characters')::pg_catalog.int4;
    v_suffix pg_catalog.int4 := floor(random() * 16777216);
    v_records pg_catalog.jsonb := script_tracking.new_log_records(records, v_now);
BEGIN
    WITH item AS MATERIALIZED (
        SELECT o.execution_status, o.session_statement, o.duration_us, o.ordinality,
            left(o.script_name, 255) AS script_name,
            CASE o.script_type WHEN 'SECURITY' THEN 'SECURITY' ELSE 'DDL_LOG' END AS script_type,
            o.execution_timestamp,
            left(o.db_session_user, 63) AS db_session_user,
            o.client_ip,
            script_tracking.redact_message(o.error_message) AS error_message,
            script_tracking.redact_statement(o.sql_command, v_mode, v_longest) AS sql_command,
            script_tracking.redact_metadata(coalesce(o.metadata, '{}')) || v_source AS metadata,
            coalesce(o.affected_objects, '{}') AS affected_objects,
            l.tenant_hk
        FROM ROWS FROM (jsonb_to_recordset(v_records) AS (
            script_name pg_catalog.text, script_type pg_catalog.text, execution_status pg_catalog.text,
            execution_timestamp pg_catalog.timestamptz,
            duration_us pg_catalog.int8, db_session_user pg_catalog.text, client_ip pg_catalog.inet,
            affected_objects pg_catalog.text[], sql_command pg_catalog.text, error_message pg_catalog.text,
            metadata pg_catalog.jsonb, session_statement pg_catalog.text, is_concurrent pg_catalog.bool)) WITH ORDINALITY AS o
        LEFT JOIN script_tracking.tenant_role_l AS l ON l.role_name = o.db_session_user AND l.is_default
        -- Its start may be recorded: then its failure is too, and there is no second record of it.
        WHERE CASE WHEN o.is_concurrent AND o.execution_status = 'FAILED'
            THEN NOT script_tracking.close_captured_concurrent(
                script_tracking.redact_statement(o.sql_command, v_mode, v_longest), left(o.db_session_user, 63),
                o.execution_timestamp, o.error_message,
                script_tracking.redact_metadata(coalesce(o.metadata, '{}')) || v_source)
            ELSE true END
    ), retracted AS MATERIALIZED (
        SELECT t.session_statement, t.superseded FROM script_tracking.retract_logged(v_records, v_now) AS t
    ), version AS MATERIALIZED (
        -- A retracted execution keeps its key and its attributes; its end is the failure.
        SELECT i.execution_status, i.error_message, (r.superseded).script_execution_hk IS NOT NULL AS is_known,
            coalesce((r.superseded).script_name, i.script_name) AS script_name,
            coalesce((r.superseded).script_type, i.script_type) AS script_type,
            coalesce((r.superseded).execution_timestamp, i.execution_timestamp) AS execution_timestamp,
            coalesce((r.superseded).affected_objects, i.affected_objects) AS affected_objects,
            coalesce((r.superseded).sql_command, i.sql_command) AS sql_command,
            coalesce((r.superseded).db_session_user, i.db_session_user) AS db_session_user,
            coalesce((r.superseded).client_ip, i.client_ip) AS client_ip,
            CASE WHEN (r.superseded).script_execution_hk IS NULL THEN i.tenant_hk ELSE (r.superseded).tenant_hk END AS tenant_hk,
            round(d.duration_us / 1000.0)::pg_catalog.int8 AS duration_ms,
            coalesce((r.superseded).metadata, '{}') || i.metadata
                || jsonb_strip_nulls(jsonb_build_object('duration_us', d.duration_us,
                    'counted_with', encode(p.script_execution_hk, 'hex'))) AS metadata,
            (r.superseded).script_execution_hk AS known_hk,
            CASE i.execution_status WHEN 'COMPLETED' THEN i.session_statement END AS session_statement,
            -- Consecutive suffixes: within one call no two business keys can be equal.
            i.script_name || to_char(v_now AT TIME ZONE 'UTC', '_YYYY-MM-DD_HH24:MI:SS.US_')
                || lpad(to_hex((v_suffix + i.ordinality) % 16777216), 6, '0') AS business_key
        FROM item AS i
        LEFT JOIN retracted AS r
            ON r.session_statement = i.session_statement AND i.execution_status = 'FAILED'
        CROSS JOIN LATERAL (SELECT coalesce(i.duration_us, (extract(epoch FROM i.execution_timestamp
            - (r.superseded).execution_timestamp) * 1000000)::pg_catalog.int8) AS duration_us) AS d
        -- The error of an operation is counted as the failure of that operation.
        LEFT JOIN LATERAL script_tracking.logged_parent(i.db_session_user, i.metadata ->> 'application_name',
            i.execution_timestamp) AS p
            ON i.execution_status = 'FAILED' AND p.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
    ), hub AS (
        INSERT INTO script_tracking.script_execution_h
            (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
        SELECT script_tracking.calculate_hash_key(v.business_key), v.business_key, v.tenant_hk, v_now, v_record_source
        FROM version AS v
        WHERE NOT v.is_known
    ), started AS (
        INSERT INTO script_tracking.logged_start (script_execution_hk, load_date, session_statement, execution_timestamp)
        SELECT script_tracking.calculate_hash_key(v.business_key), v_now, v.session_statement, v.execution_timestamp
        FROM version AS v
        WHERE v.session_statement IS NOT NULL
    ), forgotten AS (
        DELETE FROM script_tracking.logged_start AS l WHERE l.load_date < v_now - '7 days'::pg_catalog."interval"
    ), forgotten_entry AS (
        -- A log that is read again has a position, and a year is long for one that was cut off or assembled again.
        DELETE FROM script_tracking.logged_entry AS l WHERE l.load_date < v_now - '1 year'::pg_catalog."interval"
    ), written AS (
    INSERT INTO script_tracking.script_execution_s
        (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
         execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, sql_command,
         error_message, metadata, record_source)
    SELECT coalesce(v.known_hk, script_tracking.calculate_hash_key(v.business_key)), v_now,
        script_tracking.calculate_hash_diff(v.tenant_hk, v.script_name, v.script_type, v.execution_status,
            v.execution_timestamp, v.duration_ms, v.db_session_user, v.client_ip, v.affected_objects, v.sql_command,
            v.error_message, v.metadata, v_record_source),
        v.tenant_hk, v.script_name, v.script_type,
        -- The table refuses NULL.
        CASE WHEN v.execution_status IN ('COMPLETED', 'FAILED') THEN v.execution_status END,
        v.execution_timestamp, v.duration_ms,
        v.db_session_user, v.client_ip, v.affected_objects, v.sql_command, v.error_message, v.metadata, v_record_source
    FROM version AS v
    RETURNING execution_status
    )
    SELECT count(*), count(*) FILTER (WHERE w.execution_status = 'FAILED'),
        jsonb_array_length(v_records) - (SELECT count(*) FROM item)
    INTO recorded, failed, explained
    FROM written AS w;
    PERFORM script_tracking.link_logged_parents(v_now);
    PERFORM script_tracking.move_log_position(log_position, recorded);
END
$function$;

COMMENT ON FUNCTION script_tracking.ingest_log_records(pg_catalog.jsonb, pg_catalog.jsonb) IS
    'Records the entries of a server log (a JSON array) and advances the position of the log, in one step; for '
    'administrators, who vouch for the log';
