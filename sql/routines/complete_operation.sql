-- Closes an operation: true if this call closed it, false if there is no such open operation.
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
AS $function$
DECLARE
    v_status pg_catalog."varchar" := coalesce(execution_status, CASE WHEN success THEN 'COMPLETED' ELSE 'FAILED' END);
    v_open script_tracking.open_execution;
BEGIN
    IF v_status NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'ABANDONED') THEN
        RAISE EXCEPTION 'an operation cannot end as %', v_status
            USING ERRCODE = 'DT006', HINT = 'COMPLETED, FAILED, CANCELLED or ABANDONED';
    END IF;
    IF duration_us < 0 THEN
        RAISE EXCEPTION 'an operation cannot have taken % microseconds', duration_us
            USING ERRCODE = 'DT006', HINT = 'durations are zero or more';
    END IF;
    -- The row is the right to close: of two calls at once, one gets it.
    IF current_setting('transaction_isolation') = 'serializable' THEN
        v_open := script_tracking.take_open_execution(execution_hk);
    ELSE
        DELETE FROM script_tracking.open_execution AS o
        WHERE o.script_execution_hk = execution_hk
        RETURNING o.* INTO v_open;
    END IF;
    IF v_open.script_execution_hk IS NULL THEN
        -- Its connection was lost and it was given up; who opened it may still say how it really ended.
        SELECT a.script_execution_hk, a.load_date, a.db_session_user
        INTO v_open.script_execution_hk, v_open.load_date, v_open.opened_by
        FROM script_tracking.get_execution_versions(execution_hk) AS a
        WHERE a.load_end_date IS NULL AND a.execution_status = 'ABANDONED';
    END IF;
    IF v_open.script_execution_hk IS NULL THEN
        RETURN false;
    END IF;
    IF v_open.opened_by IS DISTINCT FROM session_user AND NOT script_tracking.caller_may_administer() THEN
        RAISE EXCEPTION '% opened this operation, % may not close it', v_open.opened_by, session_user
            USING ERRCODE = 'DT004', HINT = 'the login that opened it, or an administrator, closes it';
    END IF;
    -- One login may act for many tenants: what it opened for one, it does not close for another.
    IF current_setting('dbtrack.tenant_token', true) <> '' AND NOT script_tracking.caller_may_administer()
        AND script_tracking.own_tenant() IS DISTINCT FROM (
            SELECT h.tenant_hk FROM script_tracking.script_execution_h AS h WHERE h.script_execution_hk = execution_hk LIMIT 1) THEN
        RAISE EXCEPTION 'this operation is another tenant''s' USING ERRCODE = 'DT004', HINT = 'prove the tenant that it was started for';
    END IF;
    PERFORM script_tracking.close_version(execution_hk, v_open.load_date, v_status, error_message,
        script_tracking.caller_metadata(metadata) || jsonb_strip_nulls(jsonb_build_object('duration_us', duration_us)),
        affected_objects, NULL, true);
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.complete_operation IS
    'Closes an operation: true if this call closed it, false if there is no such open operation. execution_status: '
    'CANCELLED or ABANDONED where success and failure are not the truth; duration_us: how long it took, where its end is '
    'recorded late';
