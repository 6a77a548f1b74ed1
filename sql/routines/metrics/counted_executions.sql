-- Returns the counters as they are now: those that are stored, and what was recorded since. All of it is read in the
-- snapshot of the calling query, so that each execution counts once, even if the counters are advanced meanwhile.
CREATE OR REPLACE FUNCTION script_tracking.counted_executions()
RETURNS TABLE (
    tenant_hk pg_catalog.bytea,
    script_type pg_catalog."varchar",
    execution_status pg_catalog."varchar",
    error_class pg_catalog.text,
    executions pg_catalog.int8,
    timed pg_catalog.int8,
    duration_ms pg_catalog."numeric",
    duration_histogram pg_catalog."numeric",
    first_version pg_catalog.int8
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT nullif(c.tenant_hk, '\x'), c.script_type, c.execution_status, c.error_class, c.executions, c.timed, c.duration_ms,
        c.duration_histogram, c.first_version
    FROM script_tracking.execution_counter AS c;
    RETURN QUERY
    SELECT u.*
    FROM script_tracking.counting_state() AS c
    CROSS JOIN LATERAL script_tracking.uncounted_executions(c.o_counted_before, c.o_counted_without, c.o_next_id, '{}') AS u;
END
$function$;

COMMENT ON FUNCTION script_tracking.counted_executions() IS
    'How often an execution ended in each way since counting began, as far as the caller may see';
