-- Everything that retention removes, the three kinds of rows in one form: a cleanup writes this into an archive.
CREATE OR REPLACE VIEW script_tracking.archivable_row
WITH (security_invoker = true) AS
SELECT
    'hub'::pg_catalog.text AS row_kind,
    h.script_execution_hk,
    h.load_date,
    h.tenant_hk,
    h.record_source,
    h.script_execution_bk,
    NULL::pg_catalog.timestamptz AS load_end_date,
    NULL::pg_catalog.bytea AS hash_diff,
    NULL::pg_catalog.int8 AS version_number,
    NULL::pg_catalog."varchar" AS script_name,
    NULL::pg_catalog."varchar" AS script_type,
    NULL::pg_catalog."varchar" AS execution_status,
    NULL::pg_catalog.timestamptz AS execution_timestamp,
    NULL::pg_catalog.int8 AS execution_duration_ms,
    NULL::pg_catalog."varchar" AS db_session_user,
    NULL::pg_catalog.inet AS client_ip,
    NULL::pg_catalog.text[] AS affected_objects,
    NULL::pg_catalog.text AS sql_command,
    NULL::pg_catalog.text AS error_message,
    NULL::pg_catalog.jsonb AS metadata,
    NULL::pg_catalog.bytea AS script_execution_parent_hk,
    NULL::pg_catalog.bytea AS parent_execution_hk,
    NULL::pg_catalog."varchar" AS link_type
FROM script_tracking.script_execution_h AS h
UNION ALL
SELECT 'version', s.script_execution_hk, s.load_date, s.tenant_hk, s.record_source, NULL, s.load_end_date, s.hash_diff,
    s.version_number, s.script_name, s.script_type, s.execution_status, s.execution_timestamp,
    s.execution_duration_ms, s.db_session_user, s.client_ip, s.affected_objects, s.sql_command, s.error_message,
    s.metadata, NULL, NULL, NULL
FROM script_tracking.script_execution_s AS s
UNION ALL
SELECT 'link', l.child_execution_hk, l.load_date, l.tenant_hk, l.record_source, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, l.script_execution_parent_hk, l.parent_execution_hk, l.link_type
FROM script_tracking.script_execution_parent_l AS l;

COMMENT ON VIEW script_tracking.archivable_row IS
    'Hub rows, versions and links in one form, as an archive contains them; script_execution_hk of a link is the child''s';
