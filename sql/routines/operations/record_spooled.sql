-- Records, once, an operation that a client had to store locally: false if this record exists already. Of two
-- concurrent replays the second waits for the first, at the receipt. An operation whose start was recorded and then
-- lost, as in a failover, is recorded again as a whole, with what the client knows about the lost start.
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
    v_lost_start pg_catalog.jsonb := p_operation -> 'lost_start';
    v_lost_hk pg_catalog.bytea := decode(substring(v_lost_start ->> 'execution' FROM '^[0-9a-f]{64}$'), 'hex');
BEGIN
    IF EXISTS (SELECT FROM script_tracking.script_execution_h AS h WHERE h.script_execution_hk = v_lost_hk) THEN
        RAISE EXCEPTION 'operation % is already recorded, and you may not close it', left(v_lost_start ->> 'execution', 12)
            USING ERRCODE = 'DT006', HINT = 'the login that opened it, or an administrator, closes it';
    END IF;
    INSERT INTO script_tracking.spool_receipt (spool_id, load_date) VALUES (p_spool_id, v_now)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM script_tracking.record_operations(
        operations => jsonb_build_array(p_operation || jsonb_build_object('metadata',
            coalesce(p_operation -> 'metadata', '{}') || jsonb_build_object('spool_id', p_spool_id)
            || jsonb_strip_nulls(jsonb_build_object('lost_start', v_lost_start)))),
        tenant_hk => p_tenant_hk,
        writer => 'dbtrack_cli');
    PERFORM script_tracking.link_spooled_parent(p_spool_id, v_now, p_operation ->> 'parent');
    PERFORM script_tracking.link_spooled_children(p_spool_id, v_now, v_lost_hk);
    RETURN true;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_spooled(pg_catalog.uuid, pg_catalog.jsonb, pg_catalog.bytea) IS
    'Records an operation from a client''s spool: true if this call did, false if it exists already. p_operation: as an '
    'element of record_operations, and parent: the key, in hex, of the operation inside which it ran; and lost_start, an '
    'object: execution, the key, in hex, under which its start was recorded, timeline and lsn';
