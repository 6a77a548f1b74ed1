-- Writes the rows of a source: versions with their hub rows, and links. Rows that are here stay as they are; a version that
-- is here and differs, or that belongs to another source, is a finding. All is written by set, so the cost of a row does not
-- depend on how many there are.
CREATE OR REPLACE FUNCTION script_tracking.vault_rows(
    p_source_name pg_catalog.text,
    p_rows pg_catalog.json,
    OUT o_executions pg_catalog.int8,
    OUT o_versions pg_catalog.int8
)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
SET plan_cache_mode = force_custom_plan
SET jit = off
SET max_parallel_workers_per_gather = 0
AS $function$
DECLARE
    v_sent pg_catalog.int8;
    v_row record;
BEGIN
    WITH sent AS MATERIALIZED (
        SELECT r.*, t.tenant_hk AS own_hk
        FROM json_to_recordset(p_rows -> 'versions') AS r (
            script_execution_hk pg_catalog.bytea, load_date pg_catalog.timestamptz, hash_diff pg_catalog.bytea,
            version_number pg_catalog.int8, tenant_hk pg_catalog.bytea, script_name pg_catalog.text,
            script_type pg_catalog.text, execution_status pg_catalog.text, execution_timestamp pg_catalog.timestamptz,
            execution_duration_ms pg_catalog.int8, db_session_user pg_catalog.text, client_ip pg_catalog.inet,
            affected_objects pg_catalog.text[], sql_command pg_catalog.text, error_message pg_catalog.text,
            metadata pg_catalog.jsonb, record_source pg_catalog.text, script_execution_bk pg_catalog.text,
            hub_tenant_hk pg_catalog.bytea, hub_record_source pg_catalog.text)
        JOIN script_tracking.vault_tenant AS t ON t.source_name = p_source_name
            AND coalesce(t.source_tenant_hk, '') = coalesce(r.tenant_hk, '')
    ), hub AS (
        INSERT INTO script_tracking.script_execution_h
            (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
        SELECT s.script_execution_hk, s.script_execution_bk, t.tenant_hk, s.load_date, s.hub_record_source
        FROM sent AS s
        JOIN script_tracking.vault_tenant AS t ON t.source_name = p_source_name
            AND coalesce(t.source_tenant_hk, '') = coalesce(s.hub_tenant_hk, '')
        WHERE s.script_execution_bk IS NOT NULL
        ON CONFLICT (script_execution_hk, load_date) DO NOTHING
        RETURNING 1
    ), version AS (
        INSERT INTO script_tracking.script_execution_s
            (script_execution_hk, load_date, load_end_date, hash_diff, version_number, tenant_hk, script_name,
             script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, client_ip,
             affected_objects, sql_command, error_message, metadata, record_source)
        -- Ended below, where the next version arrives.
        SELECT s.script_execution_hk, s.load_date, NULL, s.hash_diff, s.version_number, s.own_hk, s.script_name,
            s.script_type,
            -- The table refuses NULL.
            CASE WHEN s.execution_status IN ('RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'ABANDONED')
                THEN s.execution_status END,
            s.execution_timestamp, s.execution_duration_ms, s.db_session_user, s.client_ip, s.affected_objects,
            s.sql_command, s.error_message, s.metadata, s.record_source
        FROM sent AS s
        ON CONFLICT (load_date, script_execution_hk) DO NOTHING
        RETURNING script_execution_hk, load_date
    ), link AS (
        INSERT INTO script_tracking.script_execution_parent_l
            (script_execution_parent_hk, parent_execution_hk, child_execution_hk, link_type, tenant_hk, load_date,
             record_source)
        SELECT l.script_execution_parent_hk, l.parent_execution_hk, l.child_execution_hk, l.link_type, t.tenant_hk,
            l.load_date, l.record_source
        FROM json_to_recordset(p_rows -> 'links') AS l (
            script_execution_parent_hk pg_catalog.bytea, parent_execution_hk pg_catalog.bytea,
            child_execution_hk pg_catalog.bytea, link_type pg_catalog.text, tenant_hk pg_catalog.bytea,
            load_date pg_catalog.timestamptz, record_source pg_catalog.text)
        JOIN script_tracking.vault_tenant AS t ON t.source_name = p_source_name
            AND coalesce(t.source_tenant_hk, '') = coalesce(l.tenant_hk, '')
        ON CONFLICT (load_date, script_execution_parent_hk) DO NOTHING
        RETURNING script_execution_parent_hk, load_date
    ), late AS (
        -- Their time has been sealed here. As in note_late_arrival.
        INSERT INTO script_tracking.late_arrival (load_date, record_hk, leaf_kind, arrived_at)
        SELECT a.load_date, a.key, a.kind, clock_timestamp()
        FROM (SELECT v.load_date, v.script_execution_hk AS key, 'version' AS kind FROM version AS v
            UNION ALL SELECT k.load_date, k.script_execution_parent_hk, 'link' FROM link AS k) AS a
        WHERE a.load_date < now() - '30 seconds'::pg_catalog."interval" AND EXISTS (SELECT FROM script_tracking.seal_state)
        ON CONFLICT ON CONSTRAINT late_arrival_pkey DO NOTHING
    )
    SELECT (SELECT count(*) FROM sent), (SELECT count(*) FROM hub), (SELECT count(*) FROM version)
    INTO v_sent, o_executions, o_versions;
    FOR v_row IN
        UPDATE script_tracking.script_execution_s AS s SET load_end_date = r.load_date
        FROM json_to_recordset(p_rows -> 'ended') AS r (script_execution_hk pg_catalog.bytea,
            load_date pg_catalog.timestamptz, previous_load_date pg_catalog.timestamptz)
        WHERE s.load_date = r.previous_load_date AND s.script_execution_hk = r.script_execution_hk
            AND s.load_end_date IS NULL
            AND s.tenant_hk IN (SELECT t.tenant_hk FROM script_tracking.vault_tenant AS t WHERE t.source_name = p_source_name)
        RETURNING s.execution_timestamp, s.execution_status
    LOOP
        IF v_row.execution_status <> 'RUNNING' THEN
            PERFORM script_tracking.open_rollup_gap(v_row.execution_timestamp, v_row.execution_timestamp);
        END IF;
    END LOOP;
    IF o_versions < v_sent THEN
        PERFORM script_tracking.compare_vault_rows(p_source_name, p_rows -> 'versions');
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.vault_rows(pg_catalog.text, pg_catalog.json) IS
    'Writes the rows of a source; for the functions of this schema';
