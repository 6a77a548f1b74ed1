-- Returns which tenant of the vault stands for a tenant of a source. The first copy brings the tables side by side: an error
-- lets replication try again a few seconds later, when the tenant has arrived.
CREATE OR REPLACE FUNCTION script_tracking.arrival_tenant(p_source_name pg_catalog.text, p_tenant_hk pg_catalog.bytea)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_tenant_hk pg_catalog.bytea;
BEGIN
    SELECT t.tenant_hk INTO v_tenant_hk FROM script_tracking.vault_tenant AS t
    WHERE t.source_name = p_source_name AND t.source_tenant_hk IS NOT DISTINCT FROM p_tenant_hk;
    IF v_tenant_hk IS NULL THEN
        RAISE EXCEPTION 'a tenant of the source % has not arrived yet', p_source_name
            USING ERRCODE = 'DT001', HINT = 'replication tries again by itself';
    END IF;
    RETURN v_tenant_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.arrival_tenant(pg_catalog.text, pg_catalog.bytea) IS
    'Which tenant of the vault stands for a tenant of a source';
