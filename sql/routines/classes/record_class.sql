-- Records that something was classified, or no longer is. Callers of track_operation cannot use the type.
CREATE OR REPLACE FUNCTION script_tracking.record_class(
    p_where pg_catalog.text,
    p_class pg_catalog.text,
    p_reason pg_catalog.text,
    p_is_removed pg_catalog.bool,
    p_tenant_hk pg_catalog.bytea,
    OUT o_script_execution_hk pg_catalog.bytea,
    OUT o_load_date pg_catalog.timestamptz,
    OUT o_record_source pg_catalog."varchar"
)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT e.*
    FROM script_tracking.insert_execution('dbtrack classify', 'CLASSIFICATION', 'COMPLETED', clock_timestamp(), NULL, p_tenant_hk,
        ARRAY[p_where], NULL, NULL, script_tracking.session_metadata() || jsonb_build_object('classification',
            jsonb_strip_nulls(jsonb_build_object('object', p_where, 'class', p_class, 'removed', p_is_removed, 'reason', p_reason))),
        'classify') AS e
$function$;

COMMENT ON FUNCTION script_tracking.record_class(pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.bool,
    pg_catalog.bytea) IS
    'Records a classification as an execution; for the functions of this schema';
