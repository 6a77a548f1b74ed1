-- Returns the suspension of capture that needs somebody: the open one, or else the last one after which the catalogs were not yet
-- compared. No row: there is none. Everybody may know when, because all records depend on it; who and why is for administrators.
CREATE OR REPLACE FUNCTION script_tracking.get_suspension()
RETURNS TABLE (
    script_execution_hk pg_catalog.bytea,
    suspended_at pg_catalog.timestamptz,
    expires_at pg_catalog.timestamptz,
    resumed_at pg_catalog.timestamptz,
    is_forgotten pg_catalog.bool,
    login pg_catalog.text,
    reason pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET "TimeZone" = 'UTC'
AS $function$
    SELECT s.script_execution_hk, s.suspended_at, s.expires_at, s.resumed_at,
        s.resumed_at IS NULL AND s.expires_at < clock_timestamp(), w.login, w.reason,
        format('capture is suspended since %s%s%s%s', to_char(s.suspended_at, 'YYYY-MM-DD HH24:MI:SSOF'), ' by ' || w.login,
            CASE WHEN s.expires_at < clock_timestamp() THEN ' and was to be resumed at ' ELSE ' until ' END
                || to_char(s.expires_at, 'YYYY-MM-DD HH24:MI:SSOF'), ': ' || w.reason)
    FROM script_tracking.suspension AS s
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.may THEN s.db_session_user::pg_catalog.text END AS login, CASE WHEN c.may THEN s.reason END AS reason
        FROM (SELECT script_tracking.caller_may_administer() AS may) AS c) AS w
    WHERE s.compared_at IS NULL
    ORDER BY s.resumed_at DESC NULLS FIRST
    LIMIT 1
$function$;

COMMENT ON FUNCTION script_tracking.get_suspension() IS
    'The suspension of capture that is open, or after which the catalogs were not yet compared';
