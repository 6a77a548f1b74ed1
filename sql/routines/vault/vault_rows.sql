-- Writes the rows of a source: versions with their hub rows, and links. Rows that are here stay as they are; a version that
-- is here and differs, or that belongs to another source, is a finding. All is written by set, and each row is found by its
-- primary key, so the cost of a row does not depend on how many there are. The text of the batch is read as seldom as
-- possible: it was a third of the time.
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
-- A partition that was filled since it was last analysed counts as empty: the planner would read all of it.
SET enable_seqscan = off
SET enable_bitmapscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $function$
DECLARE
    v_versions pg_catalog.json;
    v_links pg_catalog.json;
    v_ended pg_catalog.json;
    v_tenants pg_catalog.json;
    v_keys pg_catalog.jsonb;
    v_sent pg_catalog.int8;
    v_erasures pg_catalog.jsonb;
    v_row record;
BEGIN
    SELECT r.versions, r.links, r.ended, r.tenants INTO v_versions, v_links, v_ended, v_tenants
    FROM json_to_record(p_rows) AS r (versions pg_catalog.json, links pg_catalog.json, ended pg_catalog.json,
        tenants pg_catalog.json);
    PERFORM script_tracking.vault_tenants(p_source_name, v_tenants);
    SELECT coalesce(jsonb_object_agg(coalesce(encode(t.source_tenant_hk, 'hex'), ''), encode(t.tenant_hk, 'hex')), '{}') INTO v_keys
    FROM (
        SELECT v.source_tenant_hk, v.tenant_hk
        FROM json_to_recordset(v_tenants) AS r (hk pg_catalog.bytea)
        JOIN script_tracking.vault_tenant AS v ON v.source_name = p_source_name AND v.source_tenant_hk = r.hk
        UNION ALL
        SELECT v.source_tenant_hk, v.tenant_hk FROM script_tracking.vault_tenant AS v
        WHERE v.source_name = p_source_name AND v.source_tenant_hk IS NULL
    ) AS t;
    WITH sent AS MATERIALIZED (
        SELECT r.*, decode(v_keys ->> coalesce(encode(r.tenant_hk, 'hex'), ''), 'hex') AS own_hk
        FROM json_to_recordset(v_versions) AS r (
            script_execution_hk pg_catalog.bytea, load_date pg_catalog.timestamptz, hash_diff pg_catalog.bytea,
            version_number pg_catalog.int8, tenant_hk pg_catalog.bytea, script_name pg_catalog.text,
            script_type pg_catalog.text, execution_status pg_catalog.text, execution_timestamp pg_catalog.timestamptz,
            execution_duration_ms pg_catalog.int8, db_session_user pg_catalog.text, client_ip pg_catalog.inet,
            affected_objects pg_catalog.text[], sql_command pg_catalog.text, error_message pg_catalog.text,
            metadata pg_catalog.jsonb, record_source pg_catalog.text, script_execution_bk pg_catalog.text,
            hub_tenant_hk pg_catalog.bytea, hub_record_source pg_catalog.text)
        WHERE v_keys ? coalesce(encode(r.tenant_hk, 'hex'), '')
    ), ended AS MATERIALIZED (
        SELECT jsonb_object_agg(encode(e.script_execution_hk, 'hex') || e.previous_load_date, e.load_date) AS dates
        FROM json_to_recordset(v_ended) AS e (script_execution_hk pg_catalog.bytea, load_date pg_catalog.timestamptz,
            previous_load_date pg_catalog.timestamptz)
        WHERE e.previous_load_date IS NOT NULL
    ), hub AS (
        INSERT INTO script_tracking.script_execution_h
            (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
        SELECT s.script_execution_hk, s.script_execution_bk,
            decode(v_keys ->> coalesce(encode(s.hub_tenant_hk, 'hex'), ''), 'hex'), s.load_date, s.hub_record_source
        FROM sent AS s
        WHERE s.script_execution_bk IS NOT NULL AND v_keys ? coalesce(encode(s.hub_tenant_hk, 'hex'), '')
        ON CONFLICT (script_execution_hk, load_date) DO NOTHING
        RETURNING 1
    ), version AS (
        INSERT INTO script_tracking.script_execution_s
            (script_execution_hk, load_date, load_end_date, hash_diff, version_number, tenant_hk, script_name,
             script_type, execution_status, execution_timestamp, execution_duration_ms, db_session_user, client_ip,
             affected_objects, sql_command, error_message, metadata, record_source)
        -- The version that supersedes it is in the same batch, or ends it below, when it arrives.
        SELECT s.script_execution_hk, s.load_date,
            (e.dates ->> (encode(s.script_execution_hk, 'hex') || s.load_date))::pg_catalog.timestamptz,
            s.hash_diff, s.version_number, s.own_hk, s.script_name, s.script_type,
            -- The table refuses NULL.
            CASE WHEN s.execution_status IN ('RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'ABANDONED')
                THEN s.execution_status END,
            s.execution_timestamp, s.execution_duration_ms, s.db_session_user, s.client_ip, s.affected_objects,
            s.sql_command, s.error_message, s.metadata, s.record_source
        FROM sent AS s
        CROSS JOIN ended AS e
        ON CONFLICT (load_date, script_execution_hk) DO NOTHING
        RETURNING script_execution_hk, load_date, CASE WHEN script_name = 'dbtrack erase' AND execution_status <> 'RUNNING'
            AND script_type = 'MAINTENANCE' AND record_source LIKE 'erase@%' THEN metadata END AS erasure
    ), link AS (
        INSERT INTO script_tracking.script_execution_parent_l
            (script_execution_parent_hk, parent_execution_hk, child_execution_hk, link_type, tenant_hk, load_date,
             record_source)
        SELECT l.script_execution_parent_hk, l.parent_execution_hk, l.child_execution_hk, l.link_type,
            decode(v_keys ->> coalesce(encode(l.tenant_hk, 'hex'), ''), 'hex'), l.load_date, l.record_source
        FROM json_to_recordset(v_links) AS l (
            script_execution_parent_hk pg_catalog.bytea, parent_execution_hk pg_catalog.bytea,
            child_execution_hk pg_catalog.bytea, link_type pg_catalog.text, tenant_hk pg_catalog.bytea,
            load_date pg_catalog.timestamptz, record_source pg_catalog.text)
        WHERE v_keys ? coalesce(encode(l.tenant_hk, 'hex'), '')
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
    SELECT (SELECT count(*) FROM sent), (SELECT count(*) FROM hub), count(*),
        jsonb_object_agg(encode(v.script_execution_hk, 'hex'), v.erasure)
            FILTER (WHERE v.erasure IS NOT NULL)
    INTO v_sent, o_executions, o_versions, v_erasures
    FROM version AS v;
    -- Its record says why and never whom: only somebody who knows the person can erase it here.
    PERFORM script_tracking.note_vault_finding(p_source_name, 'erasure', e.key, format('the source erased a person, for the reason '
            '"%s", in %s versions: run dbtrack erase on the vault, too, then dbtrack vault accept %s',
            e.value ->> 'reason', e.value ->> 'versions_erased', p_source_name))
    FROM jsonb_each(v_erasures) AS e;
    -- Those that arrived in an earlier batch. One by one, with its key known when it is planned: of partitions without
    -- statistics the planner would read all versions.
    FOR v_row IN
        SELECT r.script_execution_hk, r.load_date, r.previous_load_date, p.execution_timestamp, p.execution_status
        FROM json_to_recordset(v_ended) AS r (script_execution_hk pg_catalog.bytea,
            load_date pg_catalog.timestamptz, previous_load_date pg_catalog.timestamptz)
        CROSS JOIN LATERAL (SELECT s.* FROM script_tracking.script_execution_s AS s
            WHERE s.load_date = r.previous_load_date AND s.script_execution_hk = r.script_execution_hk OFFSET 0) AS p
        WHERE p.load_end_date IS NULL AND EXISTS (SELECT FROM script_tracking.vault_tenant AS t
            WHERE t.source_name = p_source_name AND t.tenant_hk = coalesce(p.tenant_hk, '') OFFSET 0)
    LOOP
        UPDATE script_tracking.script_execution_s AS s SET load_end_date = v_row.load_date
        WHERE s.load_date = v_row.previous_load_date AND s.script_execution_hk = v_row.script_execution_hk;
        IF v_row.execution_status <> 'RUNNING' THEN
            PERFORM script_tracking.open_rollup_gap(v_row.execution_timestamp, v_row.execution_timestamp);
        END IF;
    END LOOP;
    IF o_versions < v_sent THEN
        PERFORM script_tracking.compare_vault_rows(p_source_name, v_versions);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.vault_rows(pg_catalog.text, pg_catalog.json) IS
    'Writes the rows of a source; for the functions of this schema';
