-- Records an operation that a client had to keep to itself, once: false when this record is there already. Of two
-- replays at once the second waits for the first, at the receipt.
CREATE OR REPLACE FUNCTION script_tracking.record_spooled(
    p_spool_id pg_catalog.uuid,
    p_operation pg_catalog.jsonb,
    p_tenant_hk pg_catalog.bytea DEFAULT NULL
)
RETURNS pg_catalog.bool
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_now pg_catalog.timestamptz := clock_timestamp();
BEGIN
    INSERT INTO script_tracking.spool_receipt (spool_id, load_date) VALUES (p_spool_id, v_now)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM script_tracking.record_operations(
        operations => jsonb_build_array(p_operation || jsonb_build_object('metadata',
            coalesce(p_operation -> 'metadata', '{}') || jsonb_build_object('spool_id', p_spool_id))),
        tenant_hk => p_tenant_hk,
        writer => 'dbtrack_cli');
    PERFORM script_tracking.link_spooled_parent(p_spool_id, v_now, p_operation ->> 'parent');
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_spooled(pg_catalog.uuid, pg_catalog.jsonb, pg_catalog.bytea) IS
    'Records an operation from a client''s spool: true if this call did, false if it is there already. p_operation: as an '
    'element of record_operations, and parent: the key, in hex, of the operation that it ran inside of';
