-- Lists what the login ran itself and what belongs to no tenant, the latest first. Row security shows rows without a
-- tenant only to administrators, because a policy that checked the login would keep the reports of tenants from using
-- their index.
-- Returns nothing if services prove tenants: many people use the login of a service.
CREATE OR REPLACE FUNCTION script_tracking.get_own_executions(
    days pg_catalog.int4 DEFAULT 7,
    maximum_rows pg_catalog.int8 DEFAULT NULL,
    since pg_catalog.timestamptz DEFAULT NULL,
    until pg_catalog.timestamptz DEFAULT NULL
)
RETURNS SETOF script_tracking.script_execution_s
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    v_since CONSTANT pg_catalog.timestamptz := coalesce(get_own_executions.since,
        coalesce(get_own_executions.until, statement_timestamp()) - make_interval(days => get_own_executions.days));
BEGIN
    IF get_own_executions.days < 1 THEN
        RAISE EXCEPTION 'days must be above zero, not %', get_own_executions.days USING ERRCODE = 'DT006';
    END IF;
    PERFORM script_tracking.own_audit(); -- refuses an auditor whose time has passed
    IF current_setting('dbtrack.tenant_token', true) <> '' OR EXISTS (SELECT FROM script_tracking.tenant_key)
        OR EXISTS (SELECT FROM script_tracking.api_token) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT s.*
    FROM script_tracking.script_execution_s AS s
    WHERE s.load_end_date IS NULL AND s.tenant_hk IS NULL AND s.db_session_user = session_user
        AND s.execution_timestamp >= v_since
        -- Nothing is recorded before it began; the day allows for clocks that differ. This condition excludes earlier
        -- months.
        AND s.load_date >= v_since - pg_catalog."interval" '1 day'
        AND (get_own_executions.until IS NULL OR s.execution_timestamp < get_own_executions.until)
    ORDER BY s.execution_timestamp DESC, s.version_number DESC
    LIMIT get_own_executions.maximum_rows;
END
$function$;

COMMENT ON FUNCTION script_tracking.get_own_executions(
    pg_catalog.int4, pg_catalog.int8, pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'What the calling login ran itself and what belongs to no tenant, the latest first';
