-- The definitions of the alerts, in the order of the fields of AlertDefinition, for those who see all tenants.
SELECT a.alert_name, a.report_name, a.condition, a.severity,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = a.tenant_hk) AS tenant,
    a.group_by, a.at_least, a.counted_for, a.hold_for, a.clear_for, a.remind_every, a.with_announced,
    coalesce(a.endpoints, '{}') AS endpoints,
    a.tenant_hk, a.created_at
FROM script_tracking.alert AS a
WHERE %(name)s::pg_catalog.text IS NULL OR a.alert_name = %(name)s::pg_catalog.text
ORDER BY a.alert_name
