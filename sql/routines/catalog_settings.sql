-- The server's settings as its configuration files (ALTER SYSTEM's among them) and its command line make them. What
-- the session, its role or its database overrides hides the file's value: it is marked, and not compared.
CREATE OR REPLACE FUNCTION script_tracking.catalog_settings()
RETURNS TABLE (
    setting_name pg_catalog.text,
    definition pg_catalog.text,
    attributes pg_catalog.jsonb
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT s.name, concat_ws(' ', s.setting, s.pending_restart),
        CASE WHEN s.source IN ('database', 'user', 'database user', 'client', 'session', 'interactive')
            THEN '{"overridden": true}'
            ELSE jsonb_strip_nulls(jsonb_build_object('value', script_tracking.shown_setting(s.name, s.setting),
                'waits for a restart', nullif(s.pending_restart, false))) END
    FROM pg_catalog.pg_settings AS s
    WHERE s.source NOT IN ('default', 'override', 'dynamic default') OR s.pending_restart
$function$;

COMMENT ON FUNCTION script_tracking.catalog_settings() IS
    'The settings that differ from their defaults, for dbtrack reconcile';
