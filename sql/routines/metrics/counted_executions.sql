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
DECLARE
    v_state script_tracking.counter_state;
BEGIN
    RETURN QUERY
    SELECT nullif(c.tenant_hk, '\x'), c.script_type, c.execution_status, c.error_class, c.executions, c.timed, c.duration_ms,
        c.duration_histogram, c.first_version
    FROM script_tracking.execution_counter AS c;
    SELECT c.* INTO v_state FROM script_tracking.counter_state AS c WHERE c.place = script_tracking.rollup_place();
    IF FOUND THEN
        -- Ids of another server, which a dump brought, are above all ids of this one.
        RETURN QUERY SELECT u.* FROM script_tracking.uncounted_executions(v_state.counted_before, v_state.counted_without,
            pg_snapshot_xmax(pg_current_snapshot()), '{}') AS u;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.counted_executions() IS
    'How often an execution ended in each way since counting began, as far as the caller may see';
