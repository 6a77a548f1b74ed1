-- Records that somebody has dealt with a failure, or that it is open again. Rows are only added, each with the login and
-- the reason. Returns false if nothing changes. The record of an administrator's change is written by a trigger.
CREATE OR REPLACE FUNCTION script_tracking.resolve_execution(
    execution_key pg_catalog.bytea,
    reason pg_catalog.text DEFAULT NULL,
    is_resolved pg_catalog.bool DEFAULT true,
    is_of_cause pg_catalog.bool DEFAULT false
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
#variable_conflict use_column
DECLARE
    v_failure script_tracking.script_execution_s;
    v_was_resolved pg_catalog.bool;
BEGIN
    SELECT v.* INTO v_failure FROM script_tracking.execution_versions(resolve_execution.execution_key) AS v
    WHERE v.load_end_date IS NULL;
    -- A key that does not exist and one that the caller may not see get the same answer.
    IF v_failure.script_execution_hk IS NULL OR NOT script_tracking.may_resolve(v_failure) THEN
        RAISE EXCEPTION 'there is no execution with the key %, or you may not see it',
            left(encode(resolve_execution.execution_key, 'hex'), 12)
            USING ERRCODE = 'DT009', HINT = 'dbtrack errors --each --format plain shows the keys';
    END IF;
    IF v_failure.execution_status NOT IN ('FAILED', 'CANCELLED', 'ABANDONED') THEN
        RAISE EXCEPTION '% is %, not a failure', v_failure.script_name, v_failure.execution_status
            USING ERRCODE = 'DT006', HINT = 'dbtrack errors --open lists what can be resolved';
    END IF;
    IF is_resolved AND coalesce(btrim(resolve_execution.reason), '') = '' THEN
        RAISE EXCEPTION 'a reason is missing' USING ERRCODE = 'DT006', HINT = 'say what was done: --reason TEXT';
    END IF;
    IF length(resolve_execution.reason) > 2000 THEN
        RAISE EXCEPTION 'a reason must have at most 2000 characters, not %', length(resolve_execution.reason)
            USING ERRCODE = 'DT006', HINT = 'shorten it';
    END IF;
    -- One decision at a time for an execution, without a lock that others could hold.
    SELECT r.is_resolved INTO v_was_resolved FROM script_tracking.execution_resolution_s AS r
    WHERE r.script_execution_hk = resolve_execution.execution_key ORDER BY r.load_date DESC LIMIT 1;
    IF coalesce(v_was_resolved, false) = resolve_execution.is_resolved THEN
        RETURN false;
    END IF;
    INSERT INTO script_tracking.execution_resolution_s
        (script_execution_hk, tenant_hk, is_resolved, reason, is_of_cause, resolved_by, record_source)
    VALUES (resolve_execution.execution_key, v_failure.tenant_hk, resolve_execution.is_resolved,
        script_tracking.redact_message(nullif(btrim(resolve_execution.reason), '')), resolve_execution.is_of_cause, session_user,
        script_tracking.record_source('resolve'));
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.resolve_execution(
    pg_catalog.bytea, pg_catalog.text, pg_catalog.bool, pg_catalog.bool) IS
    'Records that somebody has dealt with a failure, or that it is open again; false: nothing changes';
