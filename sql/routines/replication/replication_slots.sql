-- Returns the replication slots of the server that keep log (WAL) from being removed, and how much. On a standby the slots
-- that it copies from its primary are left out: nothing reads them there.
CREATE OR REPLACE FUNCTION script_tracking.replication_slots()
RETURNS TABLE (
    slot_name pg_catalog.text,
    slot_kind pg_catalog.text,
    is_active pg_catalog.bool,
    is_lost pg_catalog.bool,
    wal_status pg_catalog.text,
    retained_bytes pg_catalog."numeric",
    limit_bytes pg_catalog."numeric",
    planned_bytes pg_catalog."numeric",
    inactive_since pg_catalog.timestamptz
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT r.slot_name::pg_catalog.text, r.slot_type, r.active, r.wal_status = 'lost', r.wal_status,
        greatest(pg_wal_lsn_diff(
            CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, r.restart_lsn), 0),
        (SELECT nullif(s.setting::pg_catalog."numeric", -1) * 1048576 FROM pg_catalog.pg_settings AS s
         WHERE s.name = 'max_slot_wal_keep_size'),
        (SELECT s.setting::pg_catalog."numeric" * 1048576 FROM pg_catalog.pg_settings AS s WHERE s.name = 'max_wal_size'),
        -- PostgreSQL 17 and later have these two.
        (to_jsonb(r) ->> 'inactive_since')::pg_catalog.timestamptz
    FROM pg_catalog.pg_replication_slots AS r
    WHERE NOT r.temporary AND NOT (pg_is_in_recovery() AND coalesce((to_jsonb(r) ->> 'synced')::pg_catalog.bool, false))
    ORDER BY r.slot_name
$function$;

COMMENT ON FUNCTION script_tracking.replication_slots() IS
    'The replication slots of the server, and how much log each keeps from being removed';
