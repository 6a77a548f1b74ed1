-- Every event: versions of executions, and notices.
CREATE OR REPLACE VIEW script_tracking.event
WITH (security_invoker = true) AS
SELECT
    encode(s.script_execution_hk, 'hex') || '-' || (extract(epoch FROM s.load_date) * 1000000)::bigint AS event_id,
    script_tracking.get_event_type(s.script_type, s.execution_status, s.metadata) AS event_type,
    s.load_date,
    s.script_execution_hk AS event_hk,
    false AS is_notice,
    s.version_number,
    s.recorded_by,
    s.tenant_hk,
    s.script_name::text AS subject,
    jsonb_strip_nulls(jsonb_build_object(
        'execution', encode(s.script_execution_hk, 'hex'),
        'version', s.version_number,
        'name', s.script_name,
        'type', s.script_type,
        'status', s.execution_status,
        'started_at', s.execution_timestamp,
        'duration_ms', s.execution_duration_ms,
        'user', s.db_session_user,
        'role', nullif(s.metadata ->> 'role', 'none'),
        'application', nullif(s.metadata ->> 'application_name', ''),
        'address', host(s.client_ip),
        'objects', s.affected_objects,
        'statement', left(s.sql_command, 16000),
        'statement_is_cut', nullif(length(s.sql_command) > 16000, false),
        'error', left(s.error_message, 8000),
        'sqlstate', s.metadata ->> 'sqlstate',
        'privileges', s.metadata -> 'privileges',
        'ticket', s.metadata ->> 'ticket',
        -- Read once a query; where nothing is classified, no execution is looked at.
        'classes', CASE WHEN (SELECT script_tracking.class_map()) IS NOT NULL OR s.script_type = 'CLASSIFICATION' THEN to_jsonb(
            script_tracking.execution_classes(s.script_execution_hk, s.load_date,
                CASE WHEN s.script_type = 'CLASSIFICATION' THEN s.metadata END, (SELECT script_tracking.class_map()))) END,
        'operation', (
            SELECT jsonb_build_object('execution', encode(p.script_execution_hk, 'hex'), 'name', p.script_name,
                'type', p.script_type)
            FROM script_tracking.script_execution_parent_l AS l
            CROSS JOIN LATERAL script_tracking.execution_versions(l.parent_execution_hk) AS p
            WHERE p.load_end_date IS NULL AND l.child_execution_hk = s.script_execution_hk AND l.link_type = 'tracked'
                -- The link is as old as its child: this leaves out the months before and after.
                AND l.load_date >= s.execution_timestamp - '1 day'::pg_catalog."interval"
                AND l.load_date <= s.load_date + '1 day'::pg_catalog."interval"
                AND script_tracking.is_proven_link(l.link_type, p, s)
            ORDER BY l.load_date
            LIMIT 1),
        'metadata', nullif(script_tracking.get_shown_metadata(s.metadata) - '{role,application_name,privileges,ticket,sqlstate}'::text[],
            '{}'),
        'record_source', s.record_source)) AS event_data
FROM script_tracking.script_execution_s AS s
UNION ALL
SELECT
    encode(n.notice_hk, 'hex') || '-' || (extract(epoch FROM n.load_date) * 1000000)::bigint,
    n.notice_type::text,
    n.load_date,
    n.notice_hk,
    true,
    n.version_number,
    n.recorded_by,
    n.tenant_hk,
    n.subject::text,
    n.notice_data
FROM script_tracking.notice AS n;

COMMENT ON VIEW script_tracking.event IS
    'Every event: a version of an execution, or a notice; with its type and what is sent of it';
