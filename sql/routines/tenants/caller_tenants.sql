-- Returns the tenants whose records the login may see: from the table of memberships, never from a setting; or, if the
-- transaction proved a tenant, only that one; or, if it proved an API token for several, those of the token. In a vault the
-- setting dbtrack.source limits them to those of one source.
CREATE OR REPLACE FUNCTION script_tracking.caller_tenants()
RETURNS pg_catalog.bytea[]
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT CASE WHEN coalesce(current_setting('dbtrack.source', true), '') = '' THEN c.reached_hk ELSE ARRAY(
        SELECT v.tenant_hk FROM script_tracking.vault_tenant AS v
        WHERE v.source_name = current_setting('dbtrack.source', true) AND (v.tenant_hk = ANY (c.reached_hk)
            -- An administrator sees all tenants, and is a member of none.
            OR coalesce(current_setting('dbtrack.tenant_token', true), '') = '' AND script_tracking.caller_may_administer()
                AND NOT EXISTS (SELECT FROM script_tracking.current_auditor()))) END
    FROM (SELECT coalesce(
        CASE WHEN current_setting('dbtrack.tenant_token', true) <> '' THEN
            (SELECT ARRAY[p.tenant_hk] FROM (SELECT script_tracking.proven_tenant() AS tenant_hk) AS p
             WHERE p.tenant_hk IS NOT NULL) END,
        CASE WHEN current_setting('dbtrack.tenant_token', true) LIKE '%.0.all.%' THEN
            (SELECT coalesce(t.reaches_hk, ARRAY(SELECT h.tenant_hk FROM script_tracking.tenant_h AS h))
             FROM script_tracking.proven_token() AS t) END,
        -- An auditor sees what was said when it was added, until its time has passed, whatever roles it has.
        (SELECT CASE WHEN a.expires_at <= clock_timestamp() THEN '{}'
             ELSE coalesce(a.reaches_hk, ARRAY(SELECT h.tenant_hk FROM script_tracking.tenant_h AS h)) END
         FROM script_tracking.current_auditor() AS a),
        ARRAY(
            SELECT l.tenant_hk
            FROM script_tracking.tenant_role_l AS l
            JOIN pg_catalog.pg_roles AS r ON r.rolname = l.role_name
            WHERE pg_has_role(session_user, r.oid, 'MEMBER'))) AS reached_hk) AS c
$function$;

COMMENT ON FUNCTION script_tracking.caller_tenants() IS
    'Hash keys of the tenants whose records the login may see; in a transaction that proved one, only that one; that proved '
    'an API token for several, those';
