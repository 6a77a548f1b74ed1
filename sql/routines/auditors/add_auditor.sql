-- Makes a login an auditor until a time, or changes until when and whose records it reads. The login must have no other role
-- of dbtrack's: it would then see and write by that. The membership in the role of auditors is granted by enter_auditor.
CREATE OR REPLACE FUNCTION script_tracking.add_auditor(
    p_login pg_catalog.text,
    p_until pg_catalog.timestamptz,
    p_tenants pg_catalog.text[] DEFAULT NULL
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_role record;
    v_other pg_catalog.text;
BEGIN
    SELECT r.oid, r.rolname, r.rolsuper OR r.rolbypassrls AS sees_all INTO v_role
    FROM pg_catalog.pg_roles AS r WHERE r.rolname = p_login;
    SELECT o.rolname INTO v_other
    FROM script_tracking.installation AS i JOIN pg_catalog.pg_roles AS o ON o.rolname = i.property_value
    WHERE i.property_name IN ('role.reader', 'role.operator', 'role.admin', 'role.owner', 'role.api')
        AND pg_has_role(v_role.oid, o.oid, 'MEMBER')
    ORDER BY i.property_name LIMIT 1;
    IF v_role.oid IS NULL THEN
        RAISE EXCEPTION 'there is no role "%"', p_login USING ERRCODE = 'DT006', HINT = 'CREATE ROLE it first';
    ELSIF v_role.sees_all THEN
        RAISE EXCEPTION '"%" is a superuser or bypasses row security: no time can be set for it', p_login
            USING ERRCODE = 'DT006', HINT = 'create a login for the auditor: CREATE ROLE name LOGIN';
    ELSIF v_other IS NOT NULL THEN
        RAISE EXCEPTION '"%" is a member of %, and would see more than an auditor', p_login, v_other
            USING ERRCODE = 'DT006', HINT = format('REVOKE %I FROM %I, or create a login for the auditor', v_other, p_login);
    ELSIF (p_until > clock_timestamp() AND p_until < clock_timestamp() + '10 years'::pg_catalog."interval") IS NOT TRUE THEN
        RAISE EXCEPTION 'an auditor cannot read until %', p_until
            USING ERRCODE = 'DT006', HINT = 'a moment from now on, within ten years';
    ELSIF cardinality(p_tenants) = 0 THEN
        RAISE EXCEPTION 'an auditor of no tenant sees nothing'
            USING ERRCODE = 'DT006', HINT = 'name tenants, or give NULL for everything';
    END IF;
    UPDATE script_tracking.auditor AS a SET removed_at = clock_timestamp(), removed_by = session_user
    WHERE a.login_name = p_login AND a.removed_at IS NULL;
    INSERT INTO script_tracking.auditor (login_name, role_oid, reaches_hk, expires_at)
    VALUES (p_login, v_role.oid, CASE WHEN p_tenants IS NOT NULL THEN
        (SELECT array_agg(DISTINCT script_tracking.resolve_tenant(t.tenant)) FROM unnest(p_tenants) AS t (tenant)) END, p_until);
END
$function$;

COMMENT ON FUNCTION script_tracking.add_auditor(pg_catalog.text, pg_catalog.timestamptz, pg_catalog.text[]) IS
    'Makes a login an auditor until a time; p_tenants: whose records it reads, NULL for everything';
