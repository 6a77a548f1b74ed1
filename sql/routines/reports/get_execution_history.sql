-- Lists the current version of each execution that began in the last days, the latest first.
CREATE OR REPLACE FUNCTION script_tracking.get_execution_history(
    days pg_catalog.int4 DEFAULT 7,
    tenant_hk pg_catalog.bytea DEFAULT NULL,
    maximum_rows pg_catalog.int8 DEFAULT NULL
)
RETURNS TABLE (
    script_name pg_catalog."varchar",
    script_type pg_catalog."varchar",
    execution_status pg_catalog."varchar",
    execution_timestamp pg_catalog.timestamptz,
    execution_duration_ms pg_catalog.int8,
    db_session_user pg_catalog."varchar",
    affected_objects pg_catalog.text[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- A generic plan would read every row instead of the newest ones by their index.
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    IF get_execution_history.days < 1 THEN
        RAISE EXCEPTION 'days must be above zero, not %', get_execution_history.days USING ERRCODE = 'DT006';
    END IF;
    PERFORM script_tracking.record_access('history', encode(get_execution_history.tenant_hk, 'hex'), NULL, true);
    RETURN QUERY
    SELECT s.script_name, s.script_type, s.execution_status, s.execution_timestamp, s.execution_duration_ms,
        s.db_session_user, s.affected_objects
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL
        AND s.execution_timestamp >= statement_timestamp() - make_interval(days => get_execution_history.days)
        -- Nothing is recorded before it began; the day allows for clocks that differ. This condition excludes earlier
        -- months.
        AND s.load_date >= statement_timestamp() - make_interval(days => get_execution_history.days + 1)
        AND (get_execution_history.tenant_hk IS NULL OR s.tenant_hk = get_execution_history.tenant_hk)
    ORDER BY s.execution_timestamp DESC, s.version_number DESC
    LIMIT get_execution_history.maximum_rows;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_execution_history(pg_catalog.int4, pg_catalog.bytea, pg_catalog.int8) IS
    'Executions that began in the last days, each as it stands now, the latest first; of one tenant or all you may see';
