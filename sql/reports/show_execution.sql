SELECT v.script_execution_hk AS execution_key, h.script_execution_bk AS business_key, v.script_name, v.script_type,
    v.execution_status, v.execution_timestamp,
    CASE
        WHEN v.execution_duration_ms IS NOT NULL AND pg_catalog.jsonb_typeof(v.metadata -> 'duration_us') = 'number'
            THEN (v.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001
        ELSE v.execution_duration_ms
    END AS duration_ms,
    v.db_session_user, pg_catalog.host(v.client_ip) AS client_ip,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = v.tenant_hk) AS tenant,
    (SELECT l.parent_execution_hk FROM script_tracking.script_execution_parent_l AS l
     WHERE l.child_execution_hk = v.script_execution_hk ORDER BY l.load_date LIMIT 1) AS parent_key,
    v.record_source, v.sql_command, v.error_message,
    script_tracking.get_shown_metadata(v.metadata) AS metadata,
    script_tracking.execution_classes(v.script_execution_hk, v.load_date,
        CASE WHEN v.script_type = 'CLASSIFICATION' THEN v.metadata END, script_tracking.class_map()) AS classes,
    o.script_execution_hk AS original_key, o.db_session_user AS original_user, o.record_source AS original_source, o.found_by
FROM script_tracking.execution_versions(%(key)s) AS v
JOIN script_tracking.script_execution_h AS h ON h.script_execution_hk = v.script_execution_hk
LEFT JOIN LATERAL script_tracking.get_original_execution(v.script_execution_hk) AS o ON v.metadata ? 'replicated'
WHERE (v.load_end_date IS NULL OR (%(as_of)s::pg_catalog.timestamptz IS NOT NULL
        AND v.load_end_date > %(as_of)s::pg_catalog.timestamptz))
    AND (%(as_of)s::pg_catalog.timestamptz IS NULL OR v.load_date <= %(as_of)s::pg_catalog.timestamptz)
