-- Closes an operation: true if this call closed it, false if there is no such open operation.
-- It ends one version and appends the next itself, as close_version does for all other callers (a test compares the
-- two): in a transaction of its own a function call costs as much as a row (docs/decisions/0006-capture-cost.md).
CREATE OR REPLACE FUNCTION script_tracking.complete_operation(
    execution_hk pg_catalog.bytea,
    success pg_catalog.bool DEFAULT true,
    error_message pg_catalog.text DEFAULT NULL,
    metadata pg_catalog.jsonb DEFAULT NULL,
    execution_status pg_catalog."varchar" DEFAULT NULL,
    affected_objects pg_catalog.text[] DEFAULT NULL,
    duration_us pg_catalog.int8 DEFAULT NULL
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
-- Lookups by key, and rows to append: planning these again in each of a session's first calls saves nothing.
SET plan_cache_mode = force_generic_plan
AS $function$
DECLARE
    v_status pg_catalog."varchar" := coalesce(execution_status, CASE WHEN success THEN 'COMPLETED' ELSE 'FAILED' END);
    v_load_date pg_catalog.timestamptz;
    v_opened_by pg_catalog.name;
    v_given pg_catalog.jsonb;
    v_message pg_catalog.text;
    v_now pg_catalog.timestamptz;
    v_row script_tracking.script_execution_s;
    v_duration_us pg_catalog.int8 := duration_us;
    v_duration_ms pg_catalog.int8;
    v_metadata pg_catalog.jsonb;
    v_objects pg_catalog.text[];
BEGIN
    IF v_status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'ABANDONED') THEN
        RAISE EXCEPTION 'an operation cannot end as %', v_status
            USING ERRCODE = 'DT006', HINT = 'COMPLETED, FAILED, CANCELLED or ABANDONED';
    END IF;
    IF duration_us < 0 THEN
        RAISE EXCEPTION 'an operation cannot have taken % microseconds', duration_us
            USING ERRCODE = 'DT006', HINT = 'durations are zero or more';
    END IF;
    -- Whoever removes the row may close the operation: of two concurrent calls, one gets it.
    IF current_setting('transaction_isolation') = 'serializable' THEN
        SELECT o.load_date, o.opened_by
        INTO v_load_date, v_opened_by
        FROM script_tracking.take_open_execution(execution_hk) AS o;
    ELSE
        DELETE FROM script_tracking.open_execution AS o
        WHERE o.script_execution_hk = execution_hk
        RETURNING o.load_date, o.opened_by INTO v_load_date, v_opened_by;
    END IF;
    IF v_load_date IS NULL THEN
        -- The connection was lost and the operation was marked as abandoned; or it was started on another node, whose place
        -- this one took, and arrived here by replication. Its owner may still record how it ended.
        SELECT a.load_date, a.db_session_user
        INTO v_load_date, v_opened_by
        FROM script_tracking.execution_versions(execution_hk) AS a
        WHERE a.load_end_date IS NULL AND a.execution_status IN ('ABANDONED', 'RUNNING');
        IF v_load_date IS NULL THEN
            RETURN false;
        END IF;
    END IF;
    -- Each check has a condition of its own: AND does not prevent a function call if the condition before it is NULL.
    IF v_opened_by IS DISTINCT FROM session_user THEN
        IF NOT script_tracking.caller_may_administer() THEN
            -- Only callers who may see the owner learn who it is.
            IF NOT EXISTS (SELECT FROM script_tracking.script_execution_h AS h
                WHERE h.script_execution_hk = execution_hk AND h.load_date = v_load_date
                    AND h.tenant_hk = ANY (script_tracking.caller_tenants())) THEN
                RAISE EXCEPTION '% may not close this operation', session_user
                    USING ERRCODE = 'DT004', HINT = 'the login that opened it, or an administrator, closes it';
            END IF;
            RAISE EXCEPTION '% opened this operation, % may not close it', v_opened_by, session_user
                USING ERRCODE = 'DT004', HINT = 'the login that opened it, or an administrator, closes it';
        END IF;
    END IF;
    -- One login may act for several tenants: what it opened for one tenant, it cannot close for another.
    IF current_setting('dbtrack.tenant_token', true) <> '' THEN
        PERFORM script_tracking.check_writing_token();
        IF NOT script_tracking.caller_may_administer() AND script_tracking.own_tenant() IS DISTINCT FROM (
            SELECT h.tenant_hk FROM script_tracking.script_execution_h AS h
            WHERE h.script_execution_hk = execution_hk LIMIT 1) THEN
            RAISE EXCEPTION 'this operation is another tenant''s'
                USING ERRCODE = 'DT004', HINT = 'prove the tenant that it was started for';
        END IF;
    END IF;
    IF metadata IS NOT NULL THEN
        v_given := script_tracking.caller_metadata(metadata);
    END IF;
    IF error_message IS NOT NULL THEN
        v_message := script_tracking.redact_message(error_message);
    END IF;
    v_now := clock_timestamp();
    -- See end_version for the reason.
    INSERT INTO script_tracking.script_execution_s AS s
        (script_execution_hk, load_date, hash_diff, script_name, script_type, execution_status, execution_timestamp,
         db_session_user, record_source)
    VALUES (execution_hk, v_load_date, '', '', '', 'RUNNING', v_load_date, '', '')
    ON CONFLICT (load_date, script_execution_hk) DO UPDATE SET load_end_date = v_now
        WHERE s.load_end_date IS NULL
    RETURNING s.* INTO v_row;
    IF v_row.load_end_date IS NULL OR v_row.script_type = 'DDL_AUTO' THEN
        IF v_row.script_type = 'DDL_AUTO' THEN
            RAISE EXCEPTION 'a captured DDL cannot be completed by hand'
                USING ERRCODE = 'DT006', HINT = 'dbtrack closes it when its statement ends, or with dbtrack maintain';
        END IF;
        RAISE EXCEPTION 'the running version of % is missing', encode(execution_hk, 'hex')
            USING ERRCODE = 'DT001', HINT = 'run: dbtrack doctor';
    END IF;
    -- Many people use the login of `dbtrack serve`: that it opened an operation gives it no right to close it.
    IF starts_with(v_row.record_source, 'rest_api@') THEN
        IF NOT EXISTS (SELECT FROM script_tracking.proven_token()) AND NOT script_tracking.caller_may_administer() THEN
            RAISE EXCEPTION 'this operation was started through the API'
                USING ERRCODE = 'DT004', HINT = 'prove a token, or let an administrator close it';
        END IF;
    END IF;
    IF v_row.execution_status <> 'RUNNING' THEN
        PERFORM script_tracking.open_rollup_gap(v_row.execution_timestamp, v_row.execution_timestamp);
    END IF;
    IF v_duration_us IS NULL THEN
        v_duration_us := (extract(epoch FROM v_now - v_row.execution_timestamp) * 1000000)::pg_catalog.int8;
    END IF;
    v_duration_ms := round(v_duration_us / 1000.0)::pg_catalog.int8;
    v_metadata := jsonb_strip_nulls(coalesce(v_row.metadata || v_given, v_row.metadata)
        || jsonb_build_object('duration_us', v_duration_us, 'transaction_id', pg_current_xact_id()::pg_catalog.text,
            'closed_by', nullif(session_user, v_opened_by)));
    v_objects := v_row.affected_objects;
    IF affected_objects IS NOT NULL THEN
        v_objects := script_tracking.redact_names(affected_objects);
    END IF;
    INSERT INTO script_tracking.script_execution_s
        (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
         execution_timestamp, execution_duration_ms, db_session_user, client_ip, affected_objects, sql_command,
         error_message, metadata, record_source)
    VALUES (execution_hk, v_now,
        sha256(convert_to(jsonb_build_array(
            encode(v_row.tenant_hk, 'hex'), v_row.script_name, v_row.script_type, v_status,
            (extract(epoch FROM v_row.execution_timestamp) * 1000000)::pg_catalog.int8, v_duration_ms,
            v_row.db_session_user, host(v_row.client_ip), v_objects, v_row.sql_command, v_message, v_metadata,
            v_row.record_source)::pg_catalog.text,
            CASE WHEN getdatabaseencoding() = 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END)),
        v_row.tenant_hk, v_row.script_name, v_row.script_type, v_status, v_row.execution_timestamp, v_duration_ms,
        v_row.db_session_user, v_row.client_ip, v_objects, v_row.sql_command, v_message, v_metadata,
        v_row.record_source);
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.complete_operation(
    pg_catalog.bytea, pg_catalog.bool, pg_catalog.text, pg_catalog.jsonb, pg_catalog."varchar", pg_catalog.text[],
    pg_catalog.int8) IS
    'Closes an operation: true if this call closed it, false if there is no such open operation. execution_status: '
    'CANCELLED or ABANDONED if it neither succeeded nor failed; duration_us: how long it took, if its end is '
    'recorded late';
