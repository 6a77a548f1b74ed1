-- Returns when logins were last seen in the record: in an execution, in a report that they read, and, with the module auth, as
-- the login with which a user was authenticated. One pass over the time from p_since: what is not in it was not looked for.
CREATE OR REPLACE FUNCTION script_tracking.login_uses(p_logins pg_catalog.text[], p_since pg_catalog.timestamptz)
RETURNS TABLE (
    login pg_catalog.text,
    last_used_at pg_catalog.timestamptz,
    last_login_at pg_catalog.timestamptz,
    is_connected pg_catalog.bool
)
LANGUAGE plpgsql STABLE ROWS 20
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH execution AS (
        SELECT s.db_session_user::pg_catalog.text AS login, max(s.execution_timestamp) AS last_used_at,
            max(s.execution_timestamp) FILTER (WHERE s.script_type = 'AUTHENTICATION') AS last_login_at
        FROM script_tracking.script_execution_s AS s
        -- Of what reconcile finds, the login is the one that found it.
        WHERE s.load_date >= p_since AND s.db_session_user = ANY (p_logins) AND s.script_type <> 'UNATTRIBUTED'
        GROUP BY s.db_session_user
    ), reading AS (
        SELECT a.db_session_user::pg_catalog.text AS login, max(a.accessed_at) AS last_used_at FROM script_tracking.access_log AS a
        WHERE a.accessed_at >= p_since AND a.db_session_user = ANY (p_logins)
        GROUP BY a.db_session_user
    )
    SELECT l.name, greatest(e.last_used_at, r.last_used_at), e.last_login_at,
        EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.usename = l.name)
    FROM unnest(p_logins) AS l (name)
    LEFT JOIN execution AS e ON e.login = l.name
    LEFT JOIN reading AS r ON r.login = l.name;
END
$function$;

COMMENT ON FUNCTION script_tracking.login_uses(pg_catalog.text[], pg_catalog.timestamptz) IS
    'When logins were last seen in the record since a moment: executions, reports, authentications; and whether they are connected';
