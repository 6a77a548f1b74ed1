-- The tenant that the caller's own operation belongs to: the one it names, if it may, else its login's default.
CREATE OR REPLACE FUNCTION script_tracking.writing_tenant(p_tenant_hk pg_catalog.bytea)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_tenant_hk IS NULL THEN
        RETURN (SELECT l.tenant_hk FROM script_tracking.tenant_role_l AS l
                WHERE l.role_name = session_user AND l.is_default);
    END IF;
    IF NOT EXISTS (SELECT FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = p_tenant_hk) THEN
        RAISE EXCEPTION 'there is no such tenant: %', encode(p_tenant_hk, 'hex')
            USING ERRCODE = 'DT003', HINT = 'list them with: dbtrack tenant list';
    END IF;
    IF p_tenant_hk = ANY (script_tracking.caller_tenants()) OR script_tracking.caller_may_administer() THEN
        RETURN p_tenant_hk;
    END IF;
    RAISE EXCEPTION '% may not record for this tenant', session_user
        USING ERRCODE = 'DT004', HINT = format('an administrator can run: dbtrack tenant grant %I TENANT', session_user);
END
$function$;

COMMENT ON FUNCTION script_tracking.writing_tenant(pg_catalog.bytea) IS
    'The tenant that the caller''s own operation belongs to';
