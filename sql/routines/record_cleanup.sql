-- Retention is the one lawful removal: it leaves a record of what it removed.
CREATE OR REPLACE FUNCTION script_tracking.record_cleanup(
    p_cutoff pg_catalog.timestamptz,
    p_executions pg_catalog.int8,
    p_months pg_catalog.text[]
)
RETURNS pg_catalog.void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
BEGIN
    IF p_executions > 0 OR p_months <> '{}' THEN
        PERFORM script_tracking.insert_execution('dbtrack cleanup', 'MAINTENANCE', 'COMPLETED', statement_timestamp(),
            (extract(epoch FROM clock_timestamp() - statement_timestamp()) * 1000000)::pg_catalog.int8, NULL, '{}',
            NULL, NULL, script_tracking.session_metadata() || jsonb_build_object('cutoff', p_cutoff,
                'executions_removed', p_executions, 'months_dropped', p_months),
            'cleanup');
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.record_cleanup(pg_catalog.timestamptz, pg_catalog.int8, pg_catalog.text[]) IS
    'Records what a cleanup removed';
