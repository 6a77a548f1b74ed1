-- Removes a person from the other tables that say who did something, and closes the record of the erasure with its
-- counts.
CREATE OR REPLACE FUNCTION script_tracking.erase_end(
    p_execution_hk pg_catalog.bytea,
    p_subject pg_catalog.text,
    p_rows pg_catalog.int8,
    p_sealed pg_catalog.int8,
    p_is_finished pg_catalog.bool
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    v_load_date pg_catalog.timestamptz;
    v_others pg_catalog.int8;
    v_objects pg_catalog.int8;
    v_before pg_catalog.timestamptz;
    v_kept record;
    v_proof pg_catalog.jsonb := '{}';
BEGIN
    PERFORM script_tracking.erase_check(p_subject);
    DELETE FROM script_tracking.open_execution AS o
    WHERE o.script_execution_hk = p_execution_hk AND o.opened_by = session_user
    RETURNING o.load_date INTO v_load_date;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such open erasure' USING ERRCODE = 'DT006', HINT = 'run: dbtrack erase';
    END IF;
    -- A session that notes versions of the person for anomalies ends first; afterwards their rows say nothing of them.
    PERFORM FROM script_tracking.anomaly_state AS t FOR UPDATE;
    v_others := script_tracking.erase_rows(p_subject);
    v_objects := script_tracking.erase_objects(p_subject);
    IF v_objects > 0 THEN
        -- As a cleanup does: nothing else proves versions whose digest was erased.
        SELECT max((s.metadata ->> 'versions_before')::pg_catalog.timestamptz)
        INTO v_before
        FROM script_tracking.script_execution_s AS s
        WHERE s.script_type = 'MAINTENANCE' AND s.metadata ? 'versions_before'
            AND (s.script_name = 'dbtrack cleanup' AND s.record_source LIKE 'cleanup@%'
                OR s.script_name = 'dbtrack erase' AND s.record_source LIKE 'erase@%')
            -- Not those of a source of a vault, which say what happened there.
            AND NOT EXISTS (SELECT FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk AND t.record_source LIKE 'vault@%');
        v_before := greatest(v_before, script_tracking.records_since());
        v_kept := script_tracking.kept_versions(v_before);
        v_proof := jsonb_build_object('versions_before', v_before, 'versions_kept', v_kept.o_versions, 'versions_digest', v_kept.o_digest);
    END IF;
    -- If it was interrupted, it is recorded too, with its counts: dbtrack verify asks which erasure removed a salt.
    PERFORM script_tracking.close_version(p_execution_hk, v_load_date,
        CASE WHEN p_is_finished THEN 'COMPLETED' ELSE 'CANCELLED' END, NULL,
        jsonb_build_object('versions_erased', p_rows, 'rows_erased', p_sealed, 'objects_erased', v_objects,
            'others_erased', v_others) || v_proof, NULL, NULL, true);
END
$function$;

COMMENT ON FUNCTION script_tracking.erase_end(
    pg_catalog.bytea, pg_catalog.text, pg_catalog.int8, pg_catalog.int8, pg_catalog.bool) IS
    'Closes the record of an erasure, for dbtrack erase';
