-- The execution inside which another ran; no row if the reader may not see it.
SELECT v.script_execution_hk AS execution_key, h.script_execution_bk AS business_key, v.script_name, v.script_type,
    v.execution_status, v.execution_timestamp, v.execution_duration_ms::pg_catalog."numeric" AS duration_ms, v.db_session_user,
    pg_catalog.host(v.client_ip) AS client_ip, NULL::pg_catalog.text AS tenant, NULL::pg_catalog.bytea AS parent_key,
    v.record_source, NULL::pg_catalog.text AS sql_command, NULL::pg_catalog.text AS error_message,
    script_tracking.get_shown_metadata(v.metadata) AS metadata
FROM script_tracking.execution_versions(%(key)s::pg_catalog.bytea) AS v
JOIN script_tracking.script_execution_h AS h ON h.script_execution_hk = v.script_execution_hk
WHERE v.load_end_date IS NULL
