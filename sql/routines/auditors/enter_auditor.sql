-- Grants a login the role of auditors, with the privileges of the caller. That alone lets it read nothing.
CREATE OR REPLACE FUNCTION script_tracking.enter_auditor(p_login pg_catalog.text)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_role pg_catalog.text := (SELECT i.property_value FROM script_tracking.installation AS i
        WHERE i.property_name = 'role.auditor');
BEGIN
    IF NOT pg_has_role(p_login::pg_catalog.name, v_role::pg_catalog.name, 'MEMBER') THEN
        EXECUTE format('GRANT %I TO %I', v_role, p_login);
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION '% may not grant the role %', current_user, v_role
            USING ERRCODE = 'DT004', HINT = format('first, as a superuser: GRANT %I TO %I', v_role, p_login);
    WHEN undefined_object THEN
        RAISE EXCEPTION 'there is no role for auditors' USING ERRCODE = 'DT006', HINT = 'run: dbtrack install';
END
$function$;

COMMENT ON FUNCTION script_tracking.enter_auditor(pg_catalog.text) IS 'Grants a login the role of auditors, as the caller';
