-- Returns the first DDL after a failed one that has the same statement, or the same command and object. The record of the
-- next seven days is read, at most 20,000 rows of it: an index of statements would cost each DDL.
CREATE OR REPLACE FUNCTION script_tracking.later_ddl(
    p_failure script_tracking.script_execution_s,
    OUT o_execution_hk pg_catalog.bytea,
    OUT o_started_at pg_catalog.timestamptz
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_after CONSTANT pg_catalog.timestamptz := p_failure.execution_timestamp;
BEGIN
    SELECT r.script_execution_hk, r.execution_timestamp INTO o_execution_hk, o_started_at
    FROM (
        SELECT s.*
        FROM script_tracking.script_execution_s AS s
        WHERE s.execution_timestamp > v_after AND s.execution_timestamp < v_after + '7 days'::pg_catalog."interval"
            AND s.load_date > v_after - '1 day'::pg_catalog."interval"
            AND s.load_date < v_after + '8 days'::pg_catalog."interval"
        ORDER BY s.execution_timestamp
        LIMIT 20000
    ) AS r
    WHERE r.load_end_date IS NULL AND r.execution_status = 'COMPLETED' AND r.script_type IN ('DDL_AUTO', 'DDL_LOG')
        AND r.tenant_hk IS NOT DISTINCT FROM coalesce(p_failure.tenant_hk, r.tenant_hk)
        AND (r.sql_command = p_failure.sql_command
            OR (r.script_name = p_failure.script_name
                AND script_tracking.names_same_object(r.affected_objects, p_failure.affected_objects)))
    ORDER BY r.execution_timestamp
    LIMIT 1;
END
$function$;

COMMENT ON FUNCTION script_tracking.later_ddl(script_tracking.script_execution_s) IS
    'The first DDL after a failed one that has the same statement, or the same command and object';
