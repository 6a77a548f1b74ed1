-- Returns the executions as the record stood at a moment: of each the version that was the current one then. The record says
-- what was known at that time: an operation that ran then is RUNNING, whatever became of it.
CREATE OR REPLACE FUNCTION script_tracking.executions_as_of(
    moment pg_catalog.timestamptz,
    since pg_catalog.timestamptz DEFAULT NULL
)
RETURNS SETOF script_tracking.script_execution_s
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
-- With the values, only the months are planned that the moments leave.
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
BEGIN
    RETURN QUERY
    SELECT s.*
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_date <= executions_as_of.moment
        AND (s.load_end_date IS NULL OR s.load_end_date > executions_as_of.moment)
        AND (executions_as_of.since IS NULL OR s.load_date >= executions_as_of.since);
END
$function$;

COMMENT ON FUNCTION script_tracking.executions_as_of(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Every execution as the record stood at a moment; with since, only versions that were written then or later';
