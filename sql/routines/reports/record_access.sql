-- Records that the caller runs a report, if the report shows or asks for other people's records. The caller supplies
-- only the name of the report. The function itself determines the login, whose records they are, and whether the login
-- may see them.
-- p_once is for the functions get_*, which call one another and which the command line calls after it has recorded the
-- report: the same access by the same login within ten seconds is recorded once.
CREATE OR REPLACE FUNCTION script_tracking.record_access(
    p_report_name pg_catalog.text,
    p_tenant pg_catalog.text DEFAULT NULL,
    p_key pg_catalog.text DEFAULT NULL,
    p_once pg_catalog.bool DEFAULT false
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_recording pg_catalog.text := script_tracking.current_setting_value('access.recording');
    v_digits pg_catalog.text := lower(regexp_replace(btrim(p_key), '^\\x', '') COLLATE "C");
    v_may_administer pg_catalog.bool;
    v_tenant_hk pg_catalog.bytea;
    v_is_found pg_catalog.bool := true;
    v_is_own pg_catalog.bool;
    v_is_auditor pg_catalog.bool := (script_tracking.own_audit()).auditor_id IS NOT NULL;
BEGIN
    IF v_is_auditor THEN
        -- Whatever the setting says; the server's log also has what this transaction cannot record.
        v_recording := 'on';
        RAISE LOG 'dbtrack: the auditor "%" runs the report % from %', session_user,
            left(regexp_replace(p_report_name COLLATE "C", '[^a-zA-Z0-9_ /.-]', '?', 'g'), 63),
            coalesce(host(inet_client_addr()), 'a local socket');
    END IF;
    IF v_recording = 'off' OR pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' THEN
        RETURN false;
    END IF;
    -- Without tenants there are no other people's records.
    IF v_recording = 'others' AND NOT EXISTS (SELECT FROM script_tracking.tenant_h) THEN
        RETURN false;
    END IF;
    IF p_tenant IS NOT NULL THEN
        SELECT h.tenant_hk INTO v_tenant_hk FROM script_tracking.tenant_h AS h
        WHERE h.tenant_bk = p_tenant OR encode(h.tenant_hk, 'hex') = lower(p_tenant COLLATE "C")
        ORDER BY h.tenant_bk = p_tenant DESC LIMIT 1;
        v_is_found := FOUND;
    ELSIF v_digits ~ '^[0-9a-f]{8,64}$' THEN
        SELECT h.tenant_hk INTO v_tenant_hk FROM script_tracking.script_execution_h AS h
        WHERE h.script_execution_hk >= decode(rpad(v_digits, 64, '0'), 'hex')
            AND h.script_execution_hk <= decode(rpad(v_digits, 64, 'f'), 'hex') LIMIT 1;
        v_is_found := FOUND;
    END IF;
    -- A token for everything, and an auditor of everything, sees what an administrator sees.
    v_may_administer := script_tracking.caller_may_administer() OR script_tracking.token_sees_all()
        OR script_tracking.auditor_sees_all();
    -- A superuser is a member of every role, but these are still other people's records.
    v_is_own := v_tenant_hk = script_tracking.own_tenant() OR EXISTS (
        SELECT FROM script_tracking.tenant_role_l AS l
        JOIN pg_catalog.pg_roles AS r ON r.rolname = l.role_name
        CROSS JOIN pg_catalog.pg_roles AS u
        WHERE l.tenant_hk = v_tenant_hk AND u.rolname = session_user
            AND (r.oid = u.oid OR NOT u.rolsuper AND pg_has_role(u.oid, r.oid, 'MEMBER')));
    IF v_recording = 'others' AND (coalesce(v_is_own, false)
        -- A login that is not an administrator sees its own records. A key that does not exist belongs to nobody. But
        -- an access by a login that may not see everything is recorded either way: otherwise the login could find out
        -- from the recording whether a tenant or key of somebody else exists.
        OR (p_tenant IS NULL AND p_key IS NULL AND NOT v_may_administer)
        OR (NOT v_is_found AND v_may_administer)) THEN
        RETURN false;
    END IF;
    -- Reading what others write makes SERIALIZABLE transactions fail: there, each access is recorded.
    IF p_once AND current_setting('transaction_isolation') <> 'serializable' AND EXISTS (
        SELECT FROM script_tracking.access_log AS a
        WHERE a.accessed_at > clock_timestamp() - '10 seconds'::pg_catalog."interval"
            AND a.db_session_user = session_user
            AND (a.report_name = p_report_name OR a.accessed_at >= statement_timestamp())
            AND a.accessed_tenant_hk IS NOT DISTINCT FROM v_tenant_hk
            AND (v_is_found OR NOT a.is_granted)) THEN
        RETURN false;
    END IF;
    INSERT INTO script_tracking.access_log (accessed_at, db_session_user, report_name, accessed_tenant_hk,
        accessed_tenant, is_granted, application_name, client_ip)
    VALUES (clock_timestamp(), session_user, left(p_report_name, 63), v_tenant_hk, left(p_tenant, 100),
        v_is_found AND (v_may_administer OR (p_tenant IS NULL AND p_key IS NULL)
            OR coalesce(v_tenant_hk = ANY (script_tracking.caller_tenants()), false)),
        script_tracking.redact_message(current_setting('application_name')), inet_client_addr());
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_access(
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.bool) IS
    'Records that the caller runs a report that shows or asks for other people''s records (access.recording); true: it was recorded';
