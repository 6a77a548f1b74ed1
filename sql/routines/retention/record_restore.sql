-- Records that old rows were restored, because that changes the record.
CREATE OR REPLACE FUNCTION script_tracking.record_restore(
    p_executions pg_catalog.int8,
    p_rows pg_catalog.int8,
    p_months pg_catalog.text[],
    p_began pg_catalog.timestamptz DEFAULT NULL
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
DECLARE
    -- When the restore began; never later than its record.
    v_began CONSTANT pg_catalog.timestamptz := least(coalesce(record_restore.p_began, statement_timestamp()), statement_timestamp());
BEGIN
    PERFORM script_tracking.insert_execution('dbtrack archive restore', 'MAINTENANCE', 'COMPLETED', v_began,
        (extract(epoch FROM clock_timestamp() - v_began) * 1000000)::pg_catalog.int8, NULL, '{}',
        NULL, NULL, script_tracking.session_metadata() || jsonb_build_object('executions_restored', p_executions,
            'rows_restored', p_rows, 'months', p_months),
        'archive_restore');
END
$function$;

COMMENT ON FUNCTION script_tracking.record_restore(
    pg_catalog.int8, pg_catalog.int8, pg_catalog.text[], pg_catalog.timestamptz) IS
    'Records what was restored from an archive';
