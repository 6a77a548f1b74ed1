-- The last timeline that was sealed on this server before the one that it is on now, that one, and when it was last
-- sealed; no row where there was no failover in 30 days. On a standby the timeline is that of its last restart point.
WITH here AS (
    SELECT (SELECT s.system_identifier::text FROM pg_control_system() AS s) AS system_identifier,
        CASE WHEN pg_is_in_recovery() THEN (SELECT c.timeline_id::bigint FROM pg_control_checkpoint() AS c)
            ELSE ('x' || lpad(left(pg_walfile_name(pg_current_wal_lsn()), 8), 16, '0'))::bit(64)::bigint END AS timeline
)
SELECT b.timeline, h.timeline, b.sealed_at
FROM here AS h
JOIN script_tracking.seal_block AS b ON b.system_identifier = h.system_identifier AND b.timeline < h.timeline
WHERE b.sealed_at > statement_timestamp() - '30 days'::interval
ORDER BY b.block_number DESC
LIMIT 1
