-- Makes the tenants those of the platform's hub, of which the caller has read every row with its own rights. A tenant
-- that is missing there is disabled and never removed, because records have its key. Returns one row for each change.
CREATE OR REPLACE FUNCTION script_tracking.sync_tenants(
    p_tenant_hk pg_catalog.bytea[],
    p_tenant_bk pg_catalog.text[]
)
RETURNS TABLE (change pg_catalog.text, tenant_bk pg_catalog.text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_tenant record;
BEGIN
    IF script_tracking.tenant_source() IS DISTINCT FROM 'auth.tenant_h' THEN
        RAISE EXCEPTION 'dbtrack keeps its own tenants here'
            USING ERRCODE = 'DT006', HINT = 'read the platform''s with: dbtrack tenant source auth.tenant_h';
    END IF;
    FOR v_tenant IN
        SELECT DISTINCT g.hk, g.bk, h.tenant_hk IS NOT NULL AS is_known,
            NOT s.is_active AND starts_with(s.record_source, 'sync_tenants@') AS was_gone
        FROM unnest(p_tenant_hk, p_tenant_bk) AS g (hk, bk)
        LEFT JOIN script_tracking.tenant_h AS h ON h.tenant_hk = g.hk AND h.tenant_bk = g.bk
        LEFT JOIN script_tracking.tenant_s AS s ON s.tenant_hk = h.tenant_hk AND s.load_end_date IS NULL
        ORDER BY g.bk
    LOOP
        change := NULL;
        tenant_bk := v_tenant.bk;
        IF v_tenant.was_gone THEN
            change := 'enabled';
            PERFORM script_tracking.add_tenant_version(v_tenant.hk, NULL, true, 'sync_tenants');
        ELSIF NOT v_tenant.is_known THEN
            change := 'refused';
            IF octet_length(v_tenant.hk) BETWEEN 16 AND 64 AND btrim(v_tenant.bk) <> '' AND length(v_tenant.bk) <= 100 THEN
                -- A hub's keys never change. If one of the two already belongs to another tenant, the record would have
                -- two owners.
                INSERT INTO script_tracking.tenant_h AS h (tenant_hk, tenant_bk, record_source)
                VALUES (v_tenant.hk, v_tenant.bk, script_tracking.record_source('sync_tenants'))
                ON CONFLICT DO NOTHING;
                IF FOUND THEN
                    change := 'added';
                    PERFORM script_tracking.add_tenant_version(v_tenant.hk, v_tenant.bk, true, 'sync_tenants');
                END IF;
            END IF;
        END IF;
        IF change IS NOT NULL THEN
            RETURN NEXT;
        END IF;
    END LOOP;
    FOR v_tenant IN
        SELECT h.tenant_hk AS hk, h.tenant_bk AS bk
        FROM script_tracking.tenant_h AS h
        JOIN script_tracking.tenant_s AS s ON s.tenant_hk = h.tenant_hk AND s.load_end_date IS NULL AND s.is_active
        WHERE NOT EXISTS (SELECT FROM unnest(p_tenant_hk, p_tenant_bk) AS g (hk, bk)
                          WHERE g.hk = h.tenant_hk AND g.bk = h.tenant_bk)
        ORDER BY h.tenant_bk
    LOOP
        PERFORM script_tracking.add_tenant_version(v_tenant.hk, NULL, false, 'sync_tenants');
        change := 'disabled';
        tenant_bk := v_tenant.bk;
        RETURN NEXT;
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.sync_tenants(pg_catalog.bytea[], pg_catalog.text[]) IS
    'Makes the tenants those of the platform''s hub, given as the keys and names read there; one row a change';
