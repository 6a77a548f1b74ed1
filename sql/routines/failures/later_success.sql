-- Returns the first execution that did later what this one failed to do: of an operation, one with the same name and
-- tenant; of DDL inside an operation, the same of the operation; of other DDL, one with the same statement, or with the
-- same command and object. The success of an operation is found by an index, however much later it is. For DDL the
-- record of the next seven days is read, at most 20,000 rows of it: an index of statements would cost each DDL.
CREATE OR REPLACE FUNCTION script_tracking.later_success(execution_key pg_catalog.bytea)
RETURNS TABLE (
    succeeded_key pg_catalog.bytea,
    succeeded_at pg_catalog.timestamptz,
    after_ms pg_catalog."numeric"
)
LANGUAGE plpgsql STABLE STRICT ROWS 1
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_failure script_tracking.script_execution_s;
    v_operation script_tracking.script_execution_s;
    v_ended_at pg_catalog.timestamptz;
BEGIN
    SELECT v.* INTO v_failure FROM script_tracking.execution_versions(execution_key) AS v WHERE v.load_end_date IS NULL;
    IF v_failure.execution_status IS NULL OR v_failure.execution_status NOT IN ('FAILED', 'CANCELLED', 'ABANDONED')
        OR v_failure.script_type = 'SECURITY' THEN
        RETURN;
    END IF;
    v_ended_at := v_failure.execution_timestamp
        + coalesce(v_failure.execution_duration_ms, 0) * '1 millisecond'::pg_catalog."interval";
    v_operation := script_tracking.failed_operation(v_failure);
    IF v_operation.script_execution_hk IS NOT NULL THEN
        SELECT s.script_execution_hk, s.execution_timestamp INTO succeeded_key, succeeded_at
        FROM script_tracking.script_execution_s AS s
        WHERE s.script_name = v_operation.script_name AND s.execution_timestamp > v_operation.execution_timestamp
            AND s.load_end_date IS NULL AND s.execution_status = 'COMPLETED'
            AND s.script_type NOT IN ('DDL_AUTO', 'DDL_LOG')
            AND s.load_date > v_operation.execution_timestamp - '1 day'::pg_catalog."interval"
            AND s.tenant_hk IS NOT DISTINCT FROM v_operation.tenant_hk
        ORDER BY s.execution_timestamp
        LIMIT 1;
    ELSE
        SELECT r.script_execution_hk, r.execution_timestamp INTO succeeded_key, succeeded_at
        FROM (
            SELECT s.*
            FROM script_tracking.script_execution_s AS s
            WHERE s.execution_timestamp > v_failure.execution_timestamp
                AND s.execution_timestamp < v_failure.execution_timestamp + '7 days'::pg_catalog."interval"
                AND s.load_date > v_failure.execution_timestamp - '1 day'::pg_catalog."interval"
                AND s.load_date < v_failure.execution_timestamp + '8 days'::pg_catalog."interval"
            ORDER BY s.execution_timestamp
            LIMIT 20000
        ) AS r
        WHERE r.load_end_date IS NULL AND r.execution_status = 'COMPLETED' AND r.script_type IN ('DDL_AUTO', 'DDL_LOG')
            AND r.tenant_hk IS NOT DISTINCT FROM coalesce(v_failure.tenant_hk, r.tenant_hk)
            AND (r.sql_command = v_failure.sql_command
                OR (r.script_name = v_failure.script_name
                    AND script_tracking.names_same_object(r.affected_objects, v_failure.affected_objects)))
        ORDER BY r.execution_timestamp
        LIMIT 1;
    END IF;
    IF succeeded_key IS NOT NULL THEN
        after_ms := round(greatest(extract(epoch FROM succeeded_at - v_ended_at), 0) * 1000, 3);
        RETURN NEXT;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.later_success(pg_catalog.bytea) IS
    'The first execution that later did what this one failed to do; no row: it was not seen to succeed';
