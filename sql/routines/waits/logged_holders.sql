-- Returns what is known of the processes that held a lock: from the sessions that are still there, else from what the
-- record has of the same process in the hour before.
CREATE OR REPLACE FUNCTION script_tracking.logged_holders(p_pids pg_catalog.int4[], p_logged_at pg_catalog.timestamptz)
RETURNS pg_catalog.jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
    SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pid', p.pid,
        'login', coalesce(a.usename, r.db_session_user), 'application', coalesce(
            script_tracking.redact_message(nullif(a.application_name, '')), r.application_name))) ORDER BY p.place), '[]')
    FROM unnest(p_pids) WITH ORDINALITY AS p (pid, place)
    LEFT JOIN pg_stat_activity AS a ON a.pid = p.pid AND a.backend_start <= p_logged_at
    LEFT JOIN LATERAL (
        SELECT s.db_session_user::pg_catalog.text AS db_session_user, s.metadata ->> 'application_name' AS application_name
        FROM script_tracking.script_execution_s AS s
        WHERE a.pid IS NULL AND s.metadata ->> 'backend_pid' = p.pid::pg_catalog.text
            AND s.execution_timestamp BETWEEN p_logged_at - '1 hour'::pg_catalog."interval" AND p_logged_at
            AND s.load_date >= p_logged_at - '1 day'::pg_catalog."interval"
        ORDER BY s.execution_timestamp DESC LIMIT 1
    ) AS r ON true
$function$;

COMMENT ON FUNCTION script_tracking.logged_holders(pg_catalog.int4[], pg_catalog.timestamptz) IS
    'What is known of the processes that held a lock at a time';
