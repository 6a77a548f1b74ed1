-- The notices that are visible in one snapshot but not in an earlier one, other than those of alerts themselves.
SELECT n.notice_type, n.subject,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = n.tenant_hk) AS tenant,
    n.load_date AS recorded_at, pg_catalog."left"(n.notice_data::pg_catalog.text, 4000) AS details
FROM script_tracking.notice AS n
WHERE (n.recorded_by >= pg_catalog.pg_snapshot_xmax(%(seen)s::pg_catalog.pg_snapshot)
        OR n.recorded_by = ANY (ARRAY(SELECT pg_catalog.pg_snapshot_xip(%(seen)s::pg_catalog.pg_snapshot)))
        OR %(seen)s::pg_catalog.pg_snapshot IS NULL AND n.load_date >= %(since)s::pg_catalog.timestamptz)
    AND (n.recorded_by IS NULL OR pg_catalog.pg_visible_in_snapshot(n.recorded_by, %(current)s::pg_catalog.pg_snapshot))
    AND NOT pg_catalog.starts_with(n.notice_type, 'alert.')
    AND (%(tenant)s::pg_catalog.bytea IS NULL OR n.tenant_hk = %(tenant)s::pg_catalog.bytea)
ORDER BY n.version_number
