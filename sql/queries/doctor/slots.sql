-- Replication slots that may fill the disk or have lost what their subscriber needs, and subscriptions that receive nothing.
SELECT h.current_status, h.health_metric, h.details,
    CASE WHEN h.health_metric LIKE 'slot %' AND h.current_status = 'CRITICAL'
            THEN format('SELECT pg_drop_replication_slot(%L);', substr(h.health_metric, 6))
        WHEN h.health_metric LIKE 'slot %' AND current_setting('max_slot_wal_keep_size') = '-1'
            THEN 'ALTER SYSTEM SET max_slot_wal_keep_size = ''10GB''; SELECT pg_reload_conf(); -- less than what the disk has free'
        WHEN h.details LIKE 'is disabled%' THEN format('ALTER SUBSCRIPTION %I ENABLE;', substr(h.health_metric, 14)) END
FROM script_tracking.get_replication_health() AS h
WHERE h.current_status <> 'OK'
