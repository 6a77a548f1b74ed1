-- Returns the server's settings as its configuration files (also that of ALTER SYSTEM) and its command line set them.
-- If the session, its role or its database overrides a setting, the file's value is hidden: such a setting is marked
-- and not compared. Settings that belong to a node and not to the database are left out, because after a failover those
-- of another node are in force, and a cluster manager such as Patroni rewrites them. They are listed by name, because
-- categories are translated.
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
    WHERE (s.source NOT IN ('default', 'override', 'dynamic default') OR s.pending_restart)
        AND s.name NOT LIKE 'recovery@_%' ESCAPE '@'
        AND s.name NOT IN ('primary_conninfo', 'primary_slot_name', 'restore_command', 'archive_cleanup_command',
            'promote_trigger_file', 'synchronous_standby_names', 'cluster_name', 'port', 'listen_addresses',
            'unix_socket_directories', 'data_directory', 'config_file', 'external_pid_file')
$function$;

COMMENT ON FUNCTION script_tracking.catalog_settings() IS
    'The settings that differ from their defaults, for dbtrack reconcile';
