-- Returns the tenants whose reviews the caller is told about; a NULL among them: everything.
CREATE OR REPLACE FUNCTION script_tracking.review_places(p_tenant_hk pg_catalog.bytea)
RETURNS pg_catalog.bytea[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_tenants pg_catalog.bytea[] := script_tracking.caller_tenants();
    v_sees_all pg_catalog.bool := script_tracking.caller_may_administer() OR script_tracking.token_sees_all()
        OR script_tracking.auditor_sees_all();
BEGIN
    RETURN CASE WHEN p_tenant_hk IS NULL THEN CASE WHEN v_sees_all THEN ARRAY[NULL]::pg_catalog.bytea[] ELSE v_tenants END
        WHEN v_sees_all OR p_tenant_hk = ANY (v_tenants) THEN ARRAY[p_tenant_hk] ELSE '{}' END;
END
$function$;

COMMENT ON FUNCTION script_tracking.review_places(pg_catalog.bytea) IS
    'The tenants whose reviews the caller is told about, NULL for everything; for the functions of this schema';
