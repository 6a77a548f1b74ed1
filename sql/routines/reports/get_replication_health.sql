-- Reports the replication slots of the server that may fill its disk, or lose what their subscriber has not got, and the
-- subscriptions of this database that receive nothing. No row where there are none.
CREATE OR REPLACE FUNCTION script_tracking.get_replication_health()
RETURNS TABLE (
    health_category pg_catalog.text,
    health_metric pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
    SELECT 'replication', 'slot ' || s.slot_name,
        CASE WHEN s.is_lost OR s.wal_status = 'unreserved' THEN 'CRITICAL'
            WHEN s.retained_bytes > coalesce(s.limit_bytes / 2, s.planned_bytes) THEN 'WARNING'
            WHEN NOT s.is_active AND (s.retained_bytes > s.planned_bytes / 2
                OR s.inactive_since < statement_timestamp() - '1 hour'::pg_catalog."interval") THEN 'WARNING'
            ELSE 'OK' END,
        CASE WHEN s.is_lost THEN 'the log that its subscriber needs is removed: drop it, and let the subscriber begin again'
            WHEN s.wal_status = 'unreserved' THEN format('retains %s, and is lost at the next checkpoint', pg_size_pretty(s.retained_bytes))
            ELSE format('%s, retains %s of log; %s', CASE WHEN s.is_active THEN 'is read'
                    ELSE 'nobody reads it' || coalesce(' since ' || to_char(s.inactive_since, 'YYYY-MM-DD HH24:MIOF'), '') END,
                pg_size_pretty(s.retained_bytes),
                coalesce('it is lost at ' || pg_size_pretty(s.limit_bytes) || ' (max_slot_wal_keep_size)',
                    'max_slot_wal_keep_size sets no limit, so it can fill the disk')) END
    FROM script_tracking.replication_slots() AS s
    UNION ALL
    SELECT 'replication', 'subscription ' || u.subname, CASE WHEN u.subenabled AND w.is_running THEN 'OK' ELSE 'WARNING' END,
        CASE WHEN NOT u.subenabled THEN 'is disabled; its slot at the publisher retains the log'
            WHEN w.is_running THEN 'receives'
            ELSE format('receives nothing; the server''s log has the reason (errors so far: %s)', coalesce(e.errors, 0)) END
    FROM pg_catalog.pg_subscription AS u
    CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_subscription AS t
            WHERE t.subid = u.oid AND t.relid IS NULL AND t.pid IS NOT NULL) AS is_running
    ) AS w
    CROSS JOIN LATERAL (
        SELECT (SELECT t.apply_error_count + t.sync_error_count FROM pg_catalog.pg_stat_subscription_stats AS t
            WHERE t.subid = u.oid) AS errors
    ) AS e
    WHERE u.subdbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = current_database())
$function$;

COMMENT ON FUNCTION script_tracking.get_replication_health() IS
    'The part of get_system_health that is about replication slots and subscriptions';
