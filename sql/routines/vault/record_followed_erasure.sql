-- Records that what a source erased was erased here, too, and returns the key of that execution; dbtrack verify asks for it.
CREATE OR REPLACE FUNCTION script_tracking.record_followed_erasure(p_source_name pg_catalog.text, p_counts pg_catalog.jsonb)
RETURNS pg_catalog.bytea
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_execution record;
BEGIN
    v_execution := script_tracking.insert_execution('dbtrack erase', 'MAINTENANCE', 'COMPLETED', clock_timestamp(), 0, NULL, '{}', NULL,
        NULL, script_tracking.session_metadata() || jsonb_build_object('reason', format('the source %s erased a person', p_source_name),
            'source', p_source_name, 'versions_erased', 0, 'rows_erased', 0, 'objects_erased', 0, 'others_erased', 0) || p_counts, 'erase');
    RETURN v_execution.o_script_execution_hk;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_followed_erasure(pg_catalog.text, pg_catalog.jsonb) IS
    'Records that what a source erased was erased here; for the functions of this schema';
