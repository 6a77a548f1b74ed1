-- What ended lately, the latest first: DDL inside an operation is counted with it.
SELECT s.script_execution_hk AS execution_key, s.script_name, s.script_type, s.execution_status, s.execution_timestamp,
    CASE
        WHEN s.execution_duration_ms IS NOT NULL AND pg_catalog.jsonb_typeof(s.metadata -> 'duration_us') = 'number'
            THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001
        ELSE s.execution_duration_ms
    END AS duration_ms,
    s.db_session_user::pg_catalog.text AS db_session_user,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk) AS tenant,
    s.affected_objects, s.metadata ->> 'ticket' AS ticket, s.metadata ->> 'sqlstate' AS sqlstate,
    script_tracking.error_cause(s.error_message, s.metadata) AS error,
    -- Of what failed, only what stays.
    (SELECT pg_catalog.count(*) FROM script_tracking.script_execution_parent_l AS c
     WHERE s.script_type NOT IN ('DDL_AUTO', 'DDL_LOG') AND c.parent_execution_hk = s.script_execution_hk
        AND c.load_date >= s.execution_timestamp - pg_catalog."interval" '1 day'
        AND (s.execution_status = 'COMPLETED' OR EXISTS (
            SELECT FROM script_tracking.script_execution_s AS v
            WHERE v.script_execution_hk = c.child_execution_hk AND v.load_date >= c.load_date
                AND v.load_end_date IS NULL AND v.execution_status = 'COMPLETED'))) AS change_count,
    (SELECT w.waited_ms FROM script_tracking.execution_waited AS w
     WHERE w.script_execution_hk = s.script_execution_hk) AS waited_ms
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL AND s.execution_status <> 'RUNNING'
    AND s.execution_timestamp >= pg_catalog.statement_timestamp() - pg_catalog."interval" '7 days'
    AND s.load_date >= pg_catalog.statement_timestamp() - pg_catalog."interval" '8 days'
    AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
    AND (NOT %(failed)s::pg_catalog.bool OR s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED'))
    AND (%(user)s::pg_catalog.text IS NULL OR s.db_session_user = %(user)s::pg_catalog.text)
    AND (%(object)s::pg_catalog.text IS NULL OR EXISTS (
        SELECT FROM pg_catalog.unnest(s.affected_objects) AS o (name)
        WHERE pg_catalog.strpos(o.name, %(object)s::pg_catalog.text) > 0))
    AND (%(grep)s::pg_catalog.text IS NULL
        OR pg_catalog.strpos(pg_catalog.lower(pg_catalog.concat_ws(' ', s.script_name, s.sql_command, s.error_message,
            s.metadata ->> 'ticket') COLLATE "C"), pg_catalog.lower(%(grep)s::pg_catalog.text COLLATE "C")) > 0)
    AND NOT EXISTS (SELECT FROM script_tracking.script_execution_parent_l AS p
        WHERE s.script_type IN ('DDL_AUTO', 'DDL_LOG') AND p.child_execution_hk = s.script_execution_hk
            AND p.load_date >= s.load_date - pg_catalog."interval" '1 day')
ORDER BY s.execution_timestamp DESC, s.version_number DESC
LIMIT %(limit)s::pg_catalog.int8
