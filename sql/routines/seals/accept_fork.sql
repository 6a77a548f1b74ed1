-- Records that the digests of a fork are known, and why: those of a branch that remained after a failover or a restore.
CREATE OR REPLACE FUNCTION script_tracking.accept_fork(p_digests pg_catalog.jsonb, p_reason pg_catalog.text)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_execution record;
BEGIN
    IF coalesce(btrim(p_reason), '') = '' THEN
        RAISE EXCEPTION 'accepting a fork needs a reason' USING ERRCODE = 'DT006', HINT = 'give --reason TEXT';
    END IF;
    v_execution := script_tracking.insert_execution('dbtrack accept fork', 'MAINTENANCE', 'COMPLETED', clock_timestamp(), 0,
        NULL, '{}', NULL, NULL, script_tracking.session_metadata() || jsonb_build_object('digests', p_digests,
            'reason', script_tracking.redact_message(p_reason)), 'verify');
    RETURN v_execution.o_script_execution_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.accept_fork(pg_catalog.jsonb, pg_catalog.text) IS
    'Records that the digests of a fork are known, for dbtrack verify --accept-fork';
