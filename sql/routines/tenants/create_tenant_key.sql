-- Creates a key with which a service proves for which tenant it acts, and returns it once, as NAME.VERSION.HEXADECIMAL.
-- If the name exists, this creates its next version, and the earlier versions expire after this many hours.
CREATE OR REPLACE FUNCTION script_tracking.create_tenant_key(
    key_name pg_catalog.text,
    tenants pg_catalog.text[],
    is_rotation pg_catalog.bool,
    overlap_hours pg_catalog.int4 DEFAULT 24
)
RETURNS pg_catalog.text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_last script_tracking.tenant_key;
    v_key pg_catalog.bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
    v_inner pg_catalog.bytea := v_key || decode(repeat('00', 32), 'hex');
    v_outer pg_catalog.bytea := v_inner;
    v_proves_hk pg_catalog.bytea[];
BEGIN
    IF key_name IS NULL OR key_name !~ '^[a-z0-9_-]{1,63}$' THEN
        RAISE EXCEPTION '"%" cannot name a key', key_name
            USING ERRCODE = 'DT006', HINT = '1 to 63 small letters, digits, underscores and hyphens';
    END IF;
    IF overlap_hours IS NULL OR overlap_hours NOT BETWEEN 0 AND 8760 THEN
        RAISE EXCEPTION 'the earlier key cannot stay valid for % hours', overlap_hours
            USING ERRCODE = 'DT006', HINT = '0 to 8760';
    END IF;
    IF cardinality(tenants) = 0 THEN
        RAISE EXCEPTION 'a key for no tenant proves nothing'
            USING ERRCODE = 'DT006', HINT = 'name tenants, or give NULL for all';
    END IF;
    SELECT k.* INTO v_last FROM script_tracking.tenant_key AS k
    WHERE k.key_name = create_tenant_key.key_name ORDER BY k.key_version DESC LIMIT 1 FOR UPDATE;
    IF is_rotation AND v_last.key_name IS NULL THEN
        RAISE EXCEPTION 'there is no key "%"', key_name
            USING ERRCODE = 'DT006', HINT = 'list them with: dbtrack tenant key list';
    ELSIF v_last.key_name IS NOT NULL AND NOT is_rotation THEN
        RAISE EXCEPTION 'there is a key "%" already', key_name
            USING ERRCODE = 'DT006', HINT = 'replace it with: dbtrack tenant key rotate ' || key_name;
    END IF;
    v_proves_hk := CASE WHEN is_rotation THEN v_last.proves_hk
        ELSE (SELECT array_agg(script_tracking.resolve_tenant(t.tenant)) FROM unnest(tenants) AS t (tenant)) END;
    FOR v_byte IN 0..63 LOOP
        v_inner := set_byte(v_inner, v_byte, get_byte(v_inner, v_byte) # 54);
        v_outer := set_byte(v_outer, v_byte, get_byte(v_outer, v_byte) # 92);
    END LOOP;
    UPDATE script_tracking.tenant_key AS k
    SET expires_at = least(k.expires_at, clock_timestamp() + make_interval(hours => overlap_hours))
    WHERE k.key_name = create_tenant_key.key_name;
    INSERT INTO script_tracking.tenant_key (key_name, key_version, inner_pad, outer_pad, proves_hk)
    VALUES (create_tenant_key.key_name, coalesce(v_last.key_version, 0) + 1, v_inner, v_outer, v_proves_hk);
    RETURN create_tenant_key.key_name || '.' || (coalesce(v_last.key_version, 0) + 1) || '.' || encode(v_key, 'hex');
END
$function$;

COMMENT ON FUNCTION script_tracking.create_tenant_key(
    pg_catalog.text, pg_catalog.text[], pg_catalog.bool, pg_catalog.int4) IS
    'Creates a key with which a service proves its tenant and returns it, once; tenants: those it may prove, NULL for all';
