-- The tenant of a DDL: the login's own, else the one that its objects' schemas are mapped to, if it is one.
CREATE OR REPLACE FUNCTION script_tracking.captured_tenant(p_schemas pg_catalog.name[])
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_tenant_hk pg_catalog.bytea;
    v_tenants pg_catalog.bytea[];
BEGIN
    SELECT l.tenant_hk INTO v_tenant_hk
    FROM script_tracking.tenant_role_l AS l
    WHERE l.role_name = session_user AND l.is_default;
    IF v_tenant_hk IS NULL AND cardinality(p_schemas) = 1 THEN
        SELECT l.tenant_hk INTO v_tenant_hk
        FROM script_tracking.tenant_schema_l AS l
        WHERE l.schema_name = p_schemas[1];
    ELSIF v_tenant_hk IS NULL AND cardinality(p_schemas) > 1 THEN
        v_tenants := ARRAY(
            SELECT DISTINCT l.tenant_hk
            FROM script_tracking.tenant_schema_l AS l
            WHERE l.schema_name = ANY (p_schemas));
        v_tenant_hk := CASE WHEN cardinality(v_tenants) = 1 THEN v_tenants[1] END;
    END IF;
    RETURN v_tenant_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.captured_tenant(pg_catalog.name[]) IS
    'The tenant of a DDL on objects of these schemas';
