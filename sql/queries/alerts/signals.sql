-- Figures about the record itself: how it is kept, and what it holds of the last hour. sample: how many executions a
-- figure is computed from.
SELECT 'since_last_record' AS signal, NULL::pg_catalog.text AS subject,
    extract(epoch FROM pg_catalog.statement_timestamp() - coalesce(
        (SELECT s.load_date FROM script_tracking.script_execution_s AS s
         WHERE %(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea
         ORDER BY s.load_date DESC LIMIT 1),
        (SELECT min(m.applied_at) FROM script_tracking.schema_migration AS m))) AS value,
    'seconds' AS unit, NULL::pg_catalog.int8 AS sample
UNION ALL
SELECT 'success_rate_1h', NULL,
    round(100.0 * sum(e.completed) / nullif(sum(e.completed + e.failed + e.cancelled + e.abandoned), 0), 2), 'percent',
    coalesce(sum(e.completed + e.failed + e.cancelled + e.abandoned), 0)::pg_catalog.int8
FROM script_tracking.tally_executions(%(tenant)s::pg_catalog.bytea,
    pg_catalog.date_trunc('minute', pg_catalog.statement_timestamp() - pg_catalog."interval" '1 hour', 'UTC')) AS e
UNION ALL
SELECT 'rollup_lag', NULL, extract(epoch FROM l.lag), 'seconds', NULL
FROM script_tracking.get_rollup_lag() AS l WHERE l.lag IS NOT NULL
UNION ALL
SELECT 'seal_lag', NULL, extract(epoch FROM pg_catalog.statement_timestamp() - s.last_run_at), 'seconds', NULL
FROM script_tracking.seal_state AS s
UNION ALL
SELECT 'endpoint_lag', e.endpoint_name, e.seconds_behind, 'seconds', NULL
FROM script_tracking.get_endpoints() AS e WHERE %(tenant)s::pg_catalog.bytea IS NULL
UNION ALL
SELECT 'slot_retained_wal', s.slot_name, s.retained_bytes, 'bytes', NULL
FROM script_tracking.replication_slots() AS s WHERE %(tenant)s::pg_catalog.bytea IS NULL AND s.retained_bytes IS NOT NULL
