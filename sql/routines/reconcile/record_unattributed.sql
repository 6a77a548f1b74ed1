-- Records each change that nothing explains as an execution. Who made the change is not known: db_session_user is the
-- login that found it.
CREATE OR REPLACE FUNCTION script_tracking.record_unattributed(
    p_window_start pg_catalog.timestamptz,
    p_window_end pg_catalog.timestamptz
)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_now pg_catalog.timestamptz := clock_timestamp();
    v_record_source pg_catalog."varchar" := script_tracking.record_source('reconcile');
    v_session pg_catalog.jsonb := script_tracking.session_metadata();
    v_suffix pg_catalog.int4 := floor(random() * 16777216);
    v_suspension pg_catalog.text := encode(script_tracking.suspension_between(p_window_start, p_window_end), 'hex');
    v_count pg_catalog.int8;
BEGIN
    WITH found AS MATERIALIZED (
        SELECT d.difference_id, t.tenant_hk, ARRAY[d.object_identity] AS affected_objects,
            (d.object_type || ' ' || d.change)::pg_catalog."varchar" AS script_name,
            v_session || jsonb_build_object('object_types', jsonb_build_array(d.object_type),
                'change', d.change, 'before', d.before, 'after', d.after,
                'window_start', p_window_start, 'window_end', p_window_end)
                || jsonb_strip_nulls(jsonb_build_object('suspension', v_suspension)) AS metadata,
            row_number() OVER (ORDER BY d.object_type, d.object_identity) AS position
        FROM script_tracking.catalog_difference AS d
        LEFT JOIN script_tracking.tenant_schema_l AS t
            ON t.schema_name = coalesce((d.new_object).schema_name, (d.old_object).schema_name)
        WHERE d.change IS NOT NULL AND NOT d.is_explained
    ), execution AS MATERIALIZED (
        SELECT f.*, k.business_key, script_tracking.calculate_hash_key(k.business_key) AS script_execution_hk
        FROM found AS f
        -- Consecutive suffixes: within one call no two business keys can be equal.
        CROSS JOIN LATERAL (SELECT f.script_name || to_char(v_now AT TIME ZONE 'UTC', '_YYYY-MM-DD_HH24:MI:SS.US_')
            || lpad(to_hex((v_suffix + f.position) % 16777216), 6, '0')) AS k (business_key)
        ORDER BY f.position
    ), hub AS (
        INSERT INTO script_tracking.script_execution_h
            (script_execution_hk, script_execution_bk, tenant_hk, load_date, record_source)
        SELECT e.script_execution_hk, e.business_key, e.tenant_hk, v_now, v_record_source FROM execution AS e
    ), satellite AS (
        INSERT INTO script_tracking.script_execution_s
            (script_execution_hk, load_date, hash_diff, tenant_hk, script_name, script_type, execution_status,
             execution_timestamp, db_session_user, client_ip, affected_objects, metadata, record_source)
        SELECT e.script_execution_hk, v_now,
            script_tracking.calculate_hash_diff(e.tenant_hk, e.script_name, 'UNATTRIBUTED', 'COMPLETED', p_window_end, NULL,
                session_user, inet_client_addr(), e.affected_objects, NULL, NULL, e.metadata, v_record_source),
            e.tenant_hk, e.script_name, 'UNATTRIBUTED', 'COMPLETED', p_window_end, session_user, inet_client_addr(),
            e.affected_objects, e.metadata, v_record_source
        FROM execution AS e
    )
    UPDATE script_tracking.catalog_difference AS d
    SET script_execution_hk = e.script_execution_hk
    FROM execution AS e
    WHERE e.difference_id = d.difference_id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_unattributed(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Records each change that no execution explains, for dbtrack reconcile';
