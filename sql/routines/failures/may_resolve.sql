-- Returns whether the login may say that a failure is dealt with: an administrator, a login of its tenant, or, of an
-- execution of no tenant, the login that ran it. In a transaction that proved a token, the token must allow writing.
CREATE OR REPLACE FUNCTION script_tracking.may_resolve(p_failure script_tracking.script_execution_s)
RETURNS pg_catalog.bool
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF current_setting('dbtrack.tenant_token', true) <> '' THEN
        PERFORM script_tracking.check_writing_token();
    END IF;
    RETURN script_tracking.caller_may_administer()
        OR coalesce(p_failure.tenant_hk = ANY (script_tracking.caller_tenants()), false)
        OR (p_failure.tenant_hk IS NULL AND p_failure.db_session_user = session_user);
END
$function$;

COMMENT ON FUNCTION script_tracking.may_resolve(script_tracking.script_execution_s) IS
    'Whether the login may say that a failure is dealt with; for the functions of this schema';
