-- Each change that nothing explains becomes an execution. Who did it is not known: db_session_user is who found it.
CREATE OR REPLACE FUNCTION script_tracking.record_unattributed(
    p_window_start pg_catalog.timestamptz,
    p_window_end pg_catalog.timestamptz
)
RETURNS pg_catalog.int8
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_session pg_catalog.jsonb := script_tracking.session_metadata();
    v_difference record;
    v_execution record;
    v_count pg_catalog.int8 := 0;
BEGIN
    FOR v_difference IN
        SELECT d.difference_id, d.object_type, d.object_identity, d.change, d.before, d.after, t.tenant_hk
        FROM script_tracking.catalog_difference AS d
        LEFT JOIN script_tracking.tenant_schema_l AS t
            ON t.schema_name = coalesce((d.new_object).schema_name, (d.old_object).schema_name)
        WHERE d.change IS NOT NULL AND NOT d.is_explained
        ORDER BY d.object_type, d.object_identity
    LOOP
        v_execution := script_tracking.insert_execution(v_difference.object_type || ' ' || v_difference.change,
            'UNATTRIBUTED', 'COMPLETED', p_window_end, NULL, v_difference.tenant_hk,
            ARRAY[v_difference.object_identity], NULL, NULL,
            v_session || jsonb_build_object('object_types', jsonb_build_array(v_difference.object_type),
                'change', v_difference.change, 'before', v_difference.before, 'after', v_difference.after,
                'window_start', p_window_start, 'window_end', p_window_end),
            'reconcile');
        UPDATE script_tracking.catalog_difference AS d
        SET script_execution_hk = v_execution.o_script_execution_hk
        WHERE d.difference_id = v_difference.difference_id;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_unattributed IS
    'Records each change that no execution explains, for dbtrack reconcile';
