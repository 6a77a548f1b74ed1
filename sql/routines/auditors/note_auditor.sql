-- Notes that an auditor reads one of dbtrack's tables, with whatever query; refuses others, and those whose time has passed.
-- It is a policy of row security, so each query runs it once before its first row. The server's log has each call, so that a
-- read-only transaction, a standby and a transaction that is rolled back leave a trace, too. The access log has a table at
-- most once in ten seconds.
CREATE OR REPLACE FUNCTION script_tracking.note_auditor(p_table pg_catalog.text)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_auditor script_tracking.auditor := script_tracking.own_audit();
    -- The auditor can call this, too, and must not write lines of its own into the server's log.
    v_table pg_catalog.text := left(regexp_replace(p_table COLLATE "C", '[^a-z0-9_]', '?', 'g'), 57);
    v_name pg_catalog.text := 'table ' || v_table;
BEGIN
    -- A login that manages roles may be a member of all of dbtrack's; its other roles decide what it sees.
    IF v_auditor.auditor_id IS NULL AND EXISTS (
        SELECT FROM script_tracking.installation AS i JOIN pg_catalog.pg_roles AS r ON r.rolname = i.property_value
        WHERE i.property_name IN ('role.reader', 'role.operator', 'role.admin', 'role.owner')
            AND pg_has_role(session_user, r.oid, 'MEMBER')) THEN
        RETURN true;
    ELSIF v_auditor.auditor_id IS NULL THEN
        RAISE LOG 'dbtrack refuses "%": it is not an auditor', session_user;
        RAISE EXCEPTION '% is not an auditor', session_user
            USING ERRCODE = 'DT004', HINT = format('an administrator can run: dbtrack auditor add %I --until DATE', session_user);
    END IF;
    RAISE LOG 'dbtrack: the auditor "%" reads % from %', session_user, v_table, coalesce(host(inet_client_addr()), 'a local socket');
    IF NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'
        AND (current_setting('transaction_isolation') = 'serializable' OR NOT EXISTS (
            SELECT FROM script_tracking.access_log AS a
            WHERE a.accessed_at > clock_timestamp() - '10 seconds'::pg_catalog."interval" AND a.db_session_user = session_user
                AND a.report_name = v_name)) THEN
        INSERT INTO script_tracking.access_log (accessed_at, db_session_user, report_name, accessed_tenant_hk, is_granted,
            application_name, client_ip)
        VALUES (clock_timestamp(), session_user, v_name,
            CASE cardinality(v_auditor.reaches_hk) WHEN 1 THEN v_auditor.reaches_hk[1] END, true,
            script_tracking.redact_message(current_setting('application_name')), inet_client_addr());
    END IF;
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.note_auditor(pg_catalog.text) IS
    'Notes that an auditor reads a table, in the access log and the server''s log; refused to all who are no auditors';
