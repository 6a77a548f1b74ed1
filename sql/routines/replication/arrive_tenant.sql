-- Leaves out a tenant, grant or mapping that arrives by logical replication and already exists here: a second one would
-- be refused, and all replication would stop. Ends the earlier version of a tenant's attributes.
CREATE OR REPLACE FUNCTION script_tracking.arrive_tenant()
RETURNS pg_catalog.trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_is_known pg_catalog.bool;
    v_source pg_catalog.text;
BEGIN
    -- What is written for it here is not that of the source any more.
    IF pg_trigger_depth() = 1 AND script_tracking.is_applied() THEN
        v_source := script_tracking.arrival_source();
        IF v_source IS NOT NULL THEN
            PERFORM script_tracking.arrive_source_tenant(v_source, TG_TABLE_NAME, to_jsonb(NEW));
            RETURN NULL;
        END IF;
    END IF;
    IF TG_TABLE_NAME = 'tenant_h' THEN
        v_is_known := EXISTS (SELECT FROM script_tracking.tenant_h AS t
            WHERE t.tenant_hk = NEW.tenant_hk OR t.tenant_bk = NEW.tenant_bk);
    ELSIF TG_TABLE_NAME = 'tenant_s' THEN
        v_is_known := EXISTS (SELECT FROM script_tracking.tenant_s AS t
            WHERE t.tenant_hk = NEW.tenant_hk
                AND (t.load_date = NEW.load_date OR (t.hash_diff = NEW.hash_diff AND t.load_end_date IS NULL)));
    ELSIF TG_TABLE_NAME = 'tenant_role_l' THEN
        v_is_known := EXISTS (SELECT FROM script_tracking.tenant_role_l AS t
            WHERE t.role_name = NEW.role_name AND (t.tenant_hk = NEW.tenant_hk OR (t.is_default AND NEW.is_default)));
    ELSE
        v_is_known := EXISTS (SELECT FROM script_tracking.tenant_schema_l AS t WHERE t.schema_name = NEW.schema_name);
    END IF;
    -- A publication of some tenants has no updates: the version before this one ends here.
    IF TG_TABLE_NAME = 'tenant_s' THEN
        IF NOT v_is_known AND script_tracking.is_applied() THEN
            UPDATE script_tracking.tenant_s AS t SET load_end_date = NEW.load_date
            WHERE t.tenant_hk = NEW.tenant_hk AND t.load_end_date IS NULL AND t.load_date < NEW.load_date;
        END IF;
    END IF;
    RETURN CASE WHEN NOT v_is_known OR NOT script_tracking.is_applied() THEN NEW END;
END
$function$;

COMMENT ON FUNCTION script_tracking.arrive_tenant() IS
    'Trigger: leaves out tenants that arrive by logical replication and already exist here';
