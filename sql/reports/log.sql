SELECT g.version, g.load_date AS changed_at, g.script_execution_hk AS execution_key,
    coalesce(o.operation_name, o.script_name) AS script_name, o.command_tag, o.db_session_user, o.ticket, g.cause,
    g.object_identity, g.changes, o.sql_command
FROM script_tracking.get_object(%(object)s::pg_catalog.text, %(until)s::pg_catalog.timestamptz) AS t
CROSS JOIN LATERAL (
    SELECT l.* FROM script_tracking.get_object_log(t.object_hk, %(since)s::pg_catalog.timestamptz,
        %(until)s::pg_catalog.timestamptz, %(limit)s::pg_catalog.int8) AS l
    OFFSET 0) AS g
LEFT JOIN LATERAL (
    SELECT e.* FROM script_tracking.execution_origin AS e
    WHERE e.load_date = g.load_date AND e.script_execution_hk = g.script_execution_hk OFFSET 0) AS o ON true
ORDER BY g.version DESC
