-- What is classified, each object and column with each class, and which object has it now.
SELECT g.object_identity, g.object_type, g.column_name, g.class_name, g.basis, g.is_dropped, g.classified_at, g.login, g.reason,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = g.tenant_hk) AS tenant,
    g.script_execution_hk AS execution_key
FROM script_tracking.get_classes(%(as_of)s::pg_catalog.timestamptz, %(class_name)s::pg_catalog.text) AS g
WHERE %(tenant)s::pg_catalog.bytea IS NULL OR g.tenant_hk = %(tenant)s::pg_catalog.bytea
ORDER BY g.object_identity, g.column_number, g.class_name, g.is_dropped
