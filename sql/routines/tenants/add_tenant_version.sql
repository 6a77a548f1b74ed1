-- Appends a version of a tenant's attributes if they differ from the current ones; NULL keeps the current value.
CREATE OR REPLACE FUNCTION script_tracking.add_tenant_version(
    p_tenant_hk pg_catalog.bytea,
    p_tenant_name pg_catalog."varchar",
    p_is_active pg_catalog.bool,
    p_writer pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_now pg_catalog.timestamptz := clock_timestamp();
    v_current script_tracking.tenant_s;
    v_name pg_catalog."varchar";
    v_is_active pg_catalog.bool;
BEGIN
    -- The hub's row is the lock: of two concurrent calls the second sees the first one's version.
    PERFORM FROM script_tracking.tenant_h AS h WHERE h.tenant_hk = p_tenant_hk FOR UPDATE;
    SELECT s.* INTO v_current FROM script_tracking.tenant_s AS s
    WHERE s.tenant_hk = p_tenant_hk AND s.load_end_date IS NULL;
    v_name := coalesce(p_tenant_name, v_current.tenant_name);
    v_is_active := coalesce(p_is_active, v_current.is_active, true);
    IF coalesce(btrim(v_name), '') = '' OR length(v_name) > 255 THEN
        RAISE EXCEPTION 'a tenant''s name must have 1 to 255 characters' USING ERRCODE = 'DT006';
    END IF;
    IF v_current.tenant_name = v_name AND v_current.is_active = v_is_active THEN
        RETURN;
    END IF;
    UPDATE script_tracking.tenant_s AS s SET load_end_date = v_now
    WHERE s.tenant_hk = p_tenant_hk AND s.load_end_date IS NULL;
    INSERT INTO script_tracking.tenant_s (tenant_hk, load_date, hash_diff, tenant_name, is_active, record_source)
    VALUES (p_tenant_hk, v_now,
        script_tracking.calculate_hash_key(v_name || CASE WHEN v_is_active THEN '|active' ELSE '|disabled' END),
        v_name, v_is_active, script_tracking.record_source(p_writer));
END
$function$;

COMMENT ON FUNCTION script_tracking.add_tenant_version(
    pg_catalog.bytea, pg_catalog."varchar", pg_catalog.bool, pg_catalog.text) IS 'Appends a version of a tenant''s name and state';
