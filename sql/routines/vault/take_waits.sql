-- Writes waits for locks of a source. Those of executions that are here and of this source are taken; one that is here stays as it
-- is, and if it differs, that is a finding. Of one that was erased, at the source or here, the words are not compared.
CREATE OR REPLACE FUNCTION script_tracking.take_waits(
    p_source script_tracking.vault_source,
    p_place pg_catalog.jsonb,
    p_waits pg_catalog.json,
    OUT o_waits pg_catalog.int8,
    OUT o_findings pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_hk pg_catalog.bytea;
BEGIN
    PERFORM script_tracking.check_source_place(p_source, p_place);
    o_findings := 0;
    INSERT INTO script_tracking.execution_wait_s
        (script_execution_hk, started_at, seen_by, load_date, tenant_hk, waited_ms, is_acquired, lock_mode, object_identity,
         backend_pid, statement, holders, record_source)
    SELECT w.script_execution_hk, w.started_at, w.seen_by, w.load_date, t.tenant_hk, w.waited_ms, w.is_acquired, w.lock_mode,
        w.object_identity, w.backend_pid, w.statement, w.holders, w.record_source
    FROM json_populate_recordset(NULL::script_tracking.execution_wait_s, p_waits) AS w
    JOIN script_tracking.vault_tenant AS t
        ON t.source_name = p_source.source_name AND t.source_tenant_hk IS NOT DISTINCT FROM w.tenant_hk
    WHERE EXISTS (SELECT FROM script_tracking.script_execution_h AS h
        JOIN script_tracking.vault_tenant AS o ON o.tenant_hk = h.tenant_hk AND o.source_name = p_source.source_name
        WHERE h.script_execution_hk = w.script_execution_hk)
    ON CONFLICT ON CONSTRAINT execution_wait_s_pkey DO NOTHING;
    GET DIAGNOSTICS o_waits = ROW_COUNT;
    IF p_source.follows_erasures THEN
        UPDATE script_tracking.execution_wait_s AS s
        SET object_identity = w.object_identity, statement = w.statement, holders = w.holders
        FROM json_populate_recordset(NULL::script_tracking.execution_wait_s, p_waits) AS w
        JOIN script_tracking.vault_tenant AS t
            ON t.source_name = p_source.source_name AND t.source_tenant_hk IS NOT DISTINCT FROM w.tenant_hk
        WHERE s.script_execution_hk = w.script_execution_hk AND s.started_at = w.started_at AND s.seen_by = w.seen_by
            AND s.tenant_hk = t.tenant_hk
            AND (s.object_identity, s.statement, s.holders) IS DISTINCT FROM (w.object_identity, w.statement, w.holders)
            AND (w.object_identity IS NOT DISTINCT FROM s.object_identity OR w.object_identity = '[erased]')
            AND (w.statement IS NOT DISTINCT FROM s.statement OR w.statement = '[erased]')
            AND (w.holders IS NOT DISTINCT FROM s.holders OR w.holders = '[]');
    END IF;
    FOR v_hk IN
        SELECT DISTINCT w.script_execution_hk
        FROM json_populate_recordset(NULL::script_tracking.execution_wait_s, p_waits) AS w
        JOIN script_tracking.execution_wait_s AS s
            ON s.script_execution_hk = w.script_execution_hk AND s.started_at = w.started_at AND s.seen_by = w.seen_by
        JOIN script_tracking.vault_tenant AS t ON t.tenant_hk = s.tenant_hk AND t.source_name = p_source.source_name
        WHERE (s.waited_ms, s.is_acquired, s.lock_mode, s.backend_pid)
            IS DISTINCT FROM (w.waited_ms, w.is_acquired, w.lock_mode, w.backend_pid)
            OR (s.object_identity, s.statement, s.holders) IS DISTINCT FROM (w.object_identity, w.statement, w.holders)
            AND strpos(concat(s.object_identity, s.statement, s.holders, w.object_identity, w.statement, w.holders), '[erased]') = 0
        LIMIT 100
    LOOP
        o_findings := o_findings + 1;
        PERFORM script_tracking.note_vault_finding(p_source.source_name, 'rewritten', 'wait of ' || encode(v_hk, 'hex'),
            format('a wait for a lock of execution %s was sent again and differs from what had arrived', encode(v_hk, 'hex')));
    END LOOP;
    UPDATE script_tracking.vault_source AS s SET last_seen_at = clock_timestamp() WHERE s.source_name = p_source.source_name;
END
$function$;

COMMENT ON FUNCTION script_tracking.take_waits(script_tracking.vault_source, pg_catalog.jsonb, pg_catalog.json) IS
    'Writes waits for locks of a source; for the functions of this schema';
