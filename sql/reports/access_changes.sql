-- What changed about classified data; without a beginning, since the end of the last review of access.
SELECT c.change, c.object_identity, c.login, c.detail, c.changed_at, c.script_execution_hk AS execution_key
FROM script_tracking.get_access_changes(
    coalesce(%(since)s::pg_catalog.timestamptz,
        (SELECT max(r.until) FROM script_tracking.review AS r
         WHERE r.about = 'access' AND (r.tenant_hk IS NULL OR r.tenant_hk = %(tenant)s::pg_catalog.bytea)),
        (SELECT min(m.applied_at) FROM script_tracking.schema_migration AS m)),
    %(class_name)s::pg_catalog.text, %(tenant)s::pg_catalog.bytea) AS c
