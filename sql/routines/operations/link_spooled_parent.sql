-- Links an operation from a spool to the operation inside which it ran, as its client says, if that one is recorded.
CREATE OR REPLACE FUNCTION script_tracking.link_spooled_parent(
    p_spool_id pg_catalog.uuid,
    p_recorded_since pg_catalog.timestamptz,
    p_parent pg_catalog.text
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_parent_hk pg_catalog.bytea;
BEGIN
    IF p_parent IS NULL OR p_parent !~ '^[0-9a-f]{64}$' THEN
        RETURN;
    END IF;
    v_parent_hk := decode(p_parent, 'hex');
    INSERT INTO script_tracking.script_execution_parent_l
        (script_execution_parent_hk, parent_execution_hk, child_execution_hk, link_type, tenant_hk, load_date,
         record_source)
    SELECT sha256(v_parent_hk || s.script_execution_hk), v_parent_hk, s.script_execution_hk, 'tracked', s.tenant_hk,
        s.load_date, s.record_source
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_date >= p_recorded_since AND s.metadata ->> 'spool_id' = p_spool_id::pg_catalog.text
        AND EXISTS (SELECT FROM script_tracking.script_execution_h AS h WHERE h.script_execution_hk = v_parent_hk);
END
$function$;

COMMENT ON FUNCTION script_tracking.link_spooled_parent(pg_catalog.uuid, pg_catalog.timestamptz, pg_catalog.text) IS
    'Links an operation from a spool to the one inside which it ran; for the functions of this schema';
