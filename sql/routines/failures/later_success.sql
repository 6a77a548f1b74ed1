-- Returns the first execution that did later what this one failed to do: of an operation, one with the same name and
-- tenant; of DDL inside an operation that failed too, the same of the operation; of other DDL, one with the same
-- statement, or with the same command and object. No row: it was not seen to succeed.
CREATE OR REPLACE FUNCTION script_tracking.later_success(p_failure script_tracking.script_execution_s)
RETURNS TABLE (
    succeeded_key pg_catalog.bytea,
    succeeded_at pg_catalog.timestamptz,
    after_ms pg_catalog."numeric"
)
LANGUAGE plpgsql STABLE ROWS 1
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_operation script_tracking.script_execution_s;
BEGIN
    IF p_failure.execution_status NOT IN ('FAILED', 'CANCELLED', 'ABANDONED') OR p_failure.script_type = 'SECURITY' THEN
        RETURN;
    END IF;
    v_operation := script_tracking.failed_operation(p_failure);
    IF v_operation.script_execution_hk IS NOT NULL THEN
        SELECT l.o_execution_hk, l.o_started_at INTO succeeded_key, succeeded_at
        FROM script_tracking.later_operation(v_operation.script_name, v_operation.tenant_hk, v_operation.execution_timestamp) AS l;
    ELSE
        SELECT l.o_execution_hk, l.o_started_at INTO succeeded_key, succeeded_at
        FROM script_tracking.later_ddl(p_failure) AS l;
    END IF;
    IF succeeded_key IS NOT NULL THEN
        after_ms := round(greatest(extract(epoch FROM succeeded_at - p_failure.execution_timestamp) * 1000
            - coalesce(p_failure.execution_duration_ms, 0), 0), 3);
        RETURN NEXT;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.later_success(script_tracking.script_execution_s) IS
    'The first execution that later did what this one failed to do; no row: it was not seen to succeed';
