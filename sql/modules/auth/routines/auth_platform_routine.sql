-- Returns the platform's function or procedure for this, an administrator's adapter before its own; NULL if there is
-- none.
CREATE OR REPLACE FUNCTION script_tracking.auth_platform_routine(p_kind pg_catalog.text)
RETURNS pg_catalog.oid
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT p.oid
    FROM pg_proc AS p
    JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = 'auth' AND p.prokind IN ('f', 'p')
        AND p.proname IN (p_kind || '_user_adapter', p_kind || '_user')
    -- Of several, one that can be called; then the oldest, so that a later one changes nothing unasked.
    ORDER BY p.proname = p_kind || '_user_adapter' DESC,
        script_tracking.auth_platform_call(p.oid, p_kind) IS NOT NULL DESC, p.oid
    LIMIT 1
$function$;

COMMENT ON FUNCTION script_tracking.auth_platform_routine(pg_catalog.text) IS
    'The platform''s routine for login or register, or the adapter; NULL if there is none';
