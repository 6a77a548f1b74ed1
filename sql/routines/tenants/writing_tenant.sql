-- Returns the tenant of the caller's own operation: the one that it names, if it may, otherwise its own.
CREATE OR REPLACE FUNCTION script_tracking.writing_tenant(p_tenant_hk pg_catalog.bytea)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_tenant_hk pg_catalog.bytea := p_tenant_hk;
    v_proven_hk pg_catalog.bytea;
BEGIN
    IF current_setting('dbtrack.tenant_token', true) LIKE '%.0.%' THEN
        v_proven_hk := script_tracking.check_writing_token();
    END IF;
    IF v_proven_hk IS NOT NULL AND v_proven_hk = coalesce(v_tenant_hk, v_proven_hk) THEN
        v_tenant_hk := v_proven_hk;
    ELSIF v_tenant_hk IS NULL THEN
        v_tenant_hk := script_tracking.own_tenant();
        IF v_tenant_hk IS NULL THEN
            RETURN NULL;
        END IF;
    -- A tenant that does not exist gets the same answer, so that nobody else learns which tenants exist.
    ELSIF v_tenant_hk <> ALL (script_tracking.caller_tenants()) AND NOT script_tracking.caller_may_administer() THEN
        RAISE EXCEPTION '% may not record for this tenant', session_user
            USING ERRCODE = 'DT004', HINT = format('an administrator can run: dbtrack tenant grant %I TENANT', session_user);
    ELSIF NOT EXISTS (SELECT FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = v_tenant_hk) THEN
        RAISE EXCEPTION 'there is no such tenant: %', encode(v_tenant_hk, 'hex')
            USING ERRCODE = 'DT003', HINT = CASE
                WHEN script_tracking.tenant_source() = 'auth.tenant_h'
                    THEN 'if it is new in auth.tenant_h, an administrator can run: dbtrack tenant sync'
                ELSE 'list them with: dbtrack tenant list' END;
    END IF;
    IF EXISTS (SELECT FROM script_tracking.tenant_s AS s
               WHERE s.tenant_hk = v_tenant_hk AND s.load_end_date IS NULL AND NOT s.is_active) THEN
        RAISE EXCEPTION 'the tenant "%" is disabled',
            (SELECT h.tenant_bk FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = v_tenant_hk)
            USING ERRCODE = 'DT004', HINT = 'an administrator can run: dbtrack tenant enable TENANT';
    END IF;
    RETURN v_tenant_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.writing_tenant(pg_catalog.bytea) IS
    'The tenant that the caller''s own operation belongs to; refused when it is disabled or not the caller''s';
