-- Returns the execution that a logged wait belongs to, by the process of the server and the time: the one that was
-- running then; else the failure of the same statement that the log has afterwards; else the wrapped command whose
-- application name the session has.
CREATE OR REPLACE FUNCTION script_tracking.waiting_execution(
    p_wait script_tracking.logged_wait,
    OUT script_execution_hk pg_catalog.bytea,
    OUT tenant_hk pg_catalog.bytea,
    OUT ended_at pg_catalog.timestamptz,
    OUT has_failed pg_catalog.bool
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
    v_slack CONSTANT pg_catalog."interval" := script_tracking.logged_slack(p_wait.logged_at);
    v_since CONSTANT pg_catalog.timestamptz := p_wait.logged_at - p_wait.waited_ms * '1 millisecond'::pg_catalog."interval";
    v_pid CONSTANT pg_catalog.text := p_wait.backend_pid::pg_catalog.text;
BEGIN
    SELECT s.script_execution_hk, s.tenant_hk, s.execution_timestamp + e.length, s.execution_status <> 'COMPLETED'
    INTO script_execution_hk, tenant_hk, ended_at, has_failed
    FROM script_tracking.script_execution_s AS s
    CROSS JOIN LATERAL (
        SELECT s.execution_duration_ms * '1 millisecond'::pg_catalog."interval" AS length
    ) AS e
    WHERE s.execution_timestamp BETWEEN v_since - '1 day'::pg_catalog."interval" AND v_since + v_slack
        AND s.load_date >= v_since - '2 days'::pg_catalog."interval"
        AND s.load_end_date IS NULL AND s.script_type IN ('DDL_AUTO', 'DDL_LOG') AND s.metadata ->> 'backend_pid' = v_pid
        AND s.execution_timestamp + e.length >= p_wait.logged_at - v_slack
    ORDER BY s.execution_timestamp DESC LIMIT 1;
    IF script_execution_hk IS NULL THEN
        SELECT s.script_execution_hk, s.tenant_hk, s.execution_timestamp, true
        INTO script_execution_hk, tenant_hk, ended_at, has_failed
        FROM script_tracking.script_execution_s AS s
        WHERE s.execution_timestamp BETWEEN p_wait.logged_at - v_slack AND p_wait.logged_at + '1 day'::pg_catalog."interval"
            AND s.load_date >= p_wait.logged_at - '1 day'::pg_catalog."interval"
            AND s.load_end_date IS NULL AND s.script_type = 'DDL_LOG' AND s.execution_status = 'FAILED'
            AND s.metadata ->> 'backend_pid' = v_pid AND s.sql_command = p_wait.statement
        ORDER BY s.execution_timestamp LIMIT 1;
    END IF;
    IF script_execution_hk IS NULL THEN
        SELECT p.script_execution_hk, v.tenant_hk, v.execution_timestamp
            + v.execution_duration_ms * '1 millisecond'::pg_catalog."interval", v.execution_status <> 'COMPLETED'
        INTO script_execution_hk, tenant_hk, ended_at, has_failed
        FROM script_tracking.logged_parent(p_wait.db_session_user, p_wait.application_name, p_wait.logged_at) AS p
        CROSS JOIN LATERAL script_tracking.execution_versions(p.script_execution_hk) AS v
        -- While it runs, what waited inside it may still be recorded.
        WHERE v.load_end_date IS NULL AND v.execution_status <> 'RUNNING'
            AND p_wait.load_date < clock_timestamp() - '1 minute'::pg_catalog."interval";
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.waiting_execution(script_tracking.logged_wait) IS
    'The execution that a logged wait belongs to; NULL: it is not recorded yet';
