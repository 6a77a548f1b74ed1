-- Returns the operation whose later success ends a failure: the failed execution itself, or the operation that it ran in,
-- if that failed too. The result is NULL for other DDL.
CREATE OR REPLACE FUNCTION script_tracking.failed_operation(p_failure script_tracking.script_execution_s)
RETURNS script_tracking.script_execution_s
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_parent script_tracking.script_execution_s;
BEGIN
    IF p_failure.script_type NOT IN ('DDL_AUTO', 'DDL_LOG') THEN
        RETURN p_failure;
    END IF;
    SELECT v.* INTO v_parent
    FROM script_tracking.script_execution_parent_l AS l
    CROSS JOIN LATERAL script_tracking.execution_versions(l.parent_execution_hk) AS v
    WHERE l.child_execution_hk = p_failure.script_execution_hk AND l.link_type = 'tracked'
        AND l.load_date >= p_failure.execution_timestamp - '1 day'::pg_catalog."interval"
        AND v.load_end_date IS NULL AND v.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
        AND script_tracking.is_proven_link(l.link_type, v, p_failure)
    ORDER BY l.load_date
    LIMIT 1;
    RETURN v_parent;
END
$function$;

COMMENT ON FUNCTION script_tracking.failed_operation(script_tracking.script_execution_s) IS
    'The operation whose later success ends a failure; NULL for DDL outside of a failed operation';
