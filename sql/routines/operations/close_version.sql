-- Ends the RUNNING (or ABANDONED) version of an execution and appends the closing one.
CREATE OR REPLACE FUNCTION script_tracking.close_version(
    p_execution_hk pg_catalog.bytea,
    p_load_date pg_catalog.timestamptz,
    p_execution_status pg_catalog."varchar",
    p_error_message pg_catalog.text,
    p_metadata pg_catalog.jsonb,
    p_affected_objects pg_catalog.text[],
    p_tenant_hk pg_catalog.bytea,
    p_is_end_known pg_catalog.bool
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_now pg_catalog.timestamptz := clock_timestamp();
    v_row script_tracking.script_execution_s;
    v_duration_us pg_catalog.int8;
BEGIN
    v_row := script_tracking.end_version(p_execution_hk, p_load_date, v_now);
    IF v_row.script_execution_hk IS NULL THEN
        RAISE EXCEPTION 'the running version of % is missing', encode(p_execution_hk, 'hex')
            USING ERRCODE = 'DT001', HINT = 'run: dbtrack doctor';
    END IF;
    IF v_row.execution_status <> 'RUNNING' THEN
        PERFORM script_tracking.open_rollup_gap(v_row.execution_timestamp, v_row.execution_timestamp);
    END IF;
    IF (p_metadata ->> 'duration_us') IS NOT NULL THEN
        v_duration_us := p_metadata ->> 'duration_us';
    ELSIF p_is_end_known THEN
        v_duration_us := extract(epoch FROM v_now - v_row.execution_timestamp) * 1000000;
    END IF;
    v_row.load_date := v_now;
    v_row.recorded_by := pg_current_xact_id();
    v_row.version_number := nextval('script_tracking.script_execution_version_seq');
    v_row.execution_status := p_execution_status;
    v_row.execution_duration_ms := round(v_duration_us / 1000.0);
    v_row.error_message := script_tracking.redact_message(p_error_message);
    v_row.metadata := jsonb_strip_nulls(v_row.metadata || coalesce(p_metadata, '{}')
        || jsonb_build_object('duration_us', v_duration_us, 'transaction_id', pg_current_xact_id()::pg_catalog.text));
    v_row.affected_objects := coalesce(p_affected_objects, v_row.affected_objects);
    v_row.tenant_hk := coalesce(v_row.tenant_hk, p_tenant_hk);
    v_row.hash_diff := script_tracking.calculate_hash_diff(v_row.tenant_hk, v_row.script_name, v_row.script_type,
        v_row.execution_status, v_row.execution_timestamp, v_row.execution_duration_ms, v_row.db_session_user,
        v_row.client_ip, v_row.affected_objects, v_row.sql_command, v_row.error_message, v_row.metadata,
        v_row.record_source);
    v_row.load_end_date := NULL;
    INSERT INTO script_tracking.script_execution_s SELECT (v_row).*;
END
$function$;

COMMENT ON FUNCTION script_tracking.close_version(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog."varchar", pg_catalog.text, pg_catalog.jsonb,
    pg_catalog.text[], pg_catalog.bytea, pg_catalog.bool) IS 'Ends the RUNNING version of an execution and appends the closing one';
