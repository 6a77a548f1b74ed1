-- Who has access to what is classified, each login with each way in.
SELECT a.object_identity, a.object_type, a.classes, a.classified_columns, a.column_name, a.login, a.how, a.through, a.privileges,
    a.can_read, a.can_write, a.can_use_schema, a.grantor, CASE WHEN a.cause <> 'baseline' THEN a.granted_at END AS granted_at,
    CASE WHEN a.cause <> 'baseline' THEN a.granted_by END AS execution_key,
    coalesce(o.operation_name, o.script_name) AS script_name, o.db_session_user, o.ticket,
    CASE a.cause WHEN 'baseline' THEN 'before the record' WHEN 'captured' THEN 'recorded' ELSE a.cause END AS known_by
FROM script_tracking.get_class_access(%(class_name)s::pg_catalog.text, %(as_of)s::pg_catalog.timestamptz,
    %(tenant)s::pg_catalog.bytea) AS a
LEFT JOIN LATERAL (
    SELECT e.* FROM script_tracking.execution_origin AS e
    WHERE e.load_date = a.granted_at AND e.script_execution_hk = a.granted_by OFFSET 0) AS o ON a.cause <> 'baseline'
ORDER BY a.object_identity, a.login, a.how, a.column_name NULLS FIRST, a.granted_at
