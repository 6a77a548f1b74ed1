-- The anomalies of the last week that were noted in a transaction which is visible in one snapshot but not in an earlier one.
SELECT a.occurred_at, a.last_at, a.measure_name AS measure, a.subject_kind, a.subject, a.tenant, a.value, a.usual, a.usual_low,
    a.usual_high, a.score, a.threshold, a.others, a.reason, a.execution_key, a.recorded_at
FROM script_tracking.get_anomalies(tenant_hk => %(tenant)s::pg_catalog.bytea) AS a
WHERE CASE WHEN %(seen)s::pg_catalog.pg_snapshot IS NULL THEN a.recorded_at >= %(since)s::pg_catalog.timestamptz
        ELSE NOT pg_catalog.pg_visible_in_snapshot(a.recorded_by, %(seen)s::pg_catalog.pg_snapshot) END
    AND pg_catalog.pg_visible_in_snapshot(a.recorded_by, %(current)s::pg_catalog.pg_snapshot)
ORDER BY a.occurred_at
