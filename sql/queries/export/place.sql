-- Which database this is, on which timeline, and who reads. On a standby the timeline is that of its last restart
-- point.
SELECT p.system_identifier::text AS system_identifier,
    (SELECT d.oid::bigint FROM pg_database AS d WHERE d.datname = current_database()) AS database_oid,
    CASE WHEN pg_is_in_recovery() THEN (SELECT c.timeline_id::bigint FROM pg_control_checkpoint() AS c)
        ELSE ('x' || lpad(left(pg_walfile_name(pg_current_wal_lsn()), 8), 16, '0'))::bit(64)::bigint END AS timeline,
    session_user::text AS login,
    script_tracking.complete_before() AS recorded_before
FROM pg_control_system() AS p
