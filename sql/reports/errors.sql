-- With filters, the executions are chosen here, from the rows, and the function groups these.
SELECT e.occurrences, e.sqlstate, e.ended_by, e.message, e.first_seen, e.last_seen, e.statement, e.hint, e.execution_key,
    e.script_name, e.parent_key, e.parent_name, e.users, e.tenants,
    o.succeeded_key, o.succeeded_at, o.resolved_by, o.resolved_reason, o.is_open,
    r.error_message, r.ticket
FROM script_tracking.get_error_causes(
    hours => %(hours)s::pg_catalog.int4,
    tenant_hk => %(tenant)s::pg_catalog.bytea,
    since => %(since)s::pg_catalog.timestamptz,
    until => %(until)s::pg_catalog.timestamptz,
    execution_status => %(status)s::pg_catalog.text,
    maximum_rows => %(limit)s::pg_catalog.int8,
    execution_keys => CASE WHEN %(is_filtered)s::pg_catalog.bool THEN ARRAY(
        SELECT s.script_execution_hk
        -- A search reads only its places.
        FROM script_tracking.script_execution_s AS s
        WHERE s.load_end_date IS NULL
            AND s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
            -- The function's own window may begin up to a minute earlier.
            AND s.execution_timestamp >= coalesce(
                %(since)s::pg_catalog.timestamptz,
                coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
                    - pg_catalog.make_interval(hours => %(hours)s::pg_catalog.int4, mins => 1))
            AND s.load_date >= coalesce(
                %(since)s::pg_catalog.timestamptz,
                coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
                    - pg_catalog.make_interval(hours => %(hours)s::pg_catalog.int4)) - pg_catalog."interval" '1 day'
            AND (%(until)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp < %(until)s::pg_catalog.timestamptz)
            AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
    -- <filters>
    AND (%(type)s::pg_catalog.text[] IS NULL OR s.script_type = ANY (%(type)s::pg_catalog.text[]))
    AND (%(user)s::pg_catalog.text[] IS NULL OR s.db_session_user = ANY (%(user)s::pg_catalog.text[]))
    AND (%(user_like)s::pg_catalog.text[] IS NULL OR s.db_session_user LIKE ANY (%(user_like)s::pg_catalog.text[]))
    AND (%(name)s::pg_catalog.text[] IS NULL OR s.script_name = ANY (%(name)s::pg_catalog.text[]))
    AND (%(name_like)s::pg_catalog.text[] IS NULL OR s.script_name LIKE ANY (%(name_like)s::pg_catalog.text[]))
    AND (%(app)s::pg_catalog.text[] IS NULL OR s.metadata ->> 'application_name' = ANY (%(app)s::pg_catalog.text[]))
    AND (%(app_like)s::pg_catalog.text[] IS NULL OR s.metadata ->> 'application_name' LIKE ANY (%(app_like)s::pg_catalog.text[]))
    AND (coalesce(%(agent)s::pg_catalog.text[], %(agent_like)s::pg_catalog.text[]) IS NULL OR EXISTS (
        SELECT FROM (SELECT coalesce(script_tracking.get_agent(s.metadata), (
                SELECT script_tracking.get_agent(p.metadata)
                FROM script_tracking.script_execution_parent_l AS l
                CROSS JOIN LATERAL script_tracking.execution_versions(l.parent_execution_hk) AS p
                WHERE l.child_execution_hk = s.script_execution_hk AND p.load_end_date IS NULL
                LIMIT 1)) AS name) AS a
        WHERE a.name = ANY (%(agent)s::pg_catalog.text[]) OR a.name LIKE ANY (%(agent_like)s::pg_catalog.text[])))
    AND (NOT %(failed)s::pg_catalog.bool OR s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED'))
    AND (NOT %(waited)s::pg_catalog.bool OR EXISTS (
        SELECT FROM script_tracking.execution_wait_s AS w WHERE w.script_execution_hk = s.script_execution_hk))
    -- An index is named without its table: the history of objects knows it.
    AND (%(object)s::pg_catalog.text[] IS NULL
        -- Cheaper than the next condition, which decides: whether the words occur at all.
        OR ((%(object_near)s::pg_catalog.text[] IS NULL OR pg_catalog.array_to_string(s.affected_objects, pg_catalog.chr(10))
                LIKE ANY (%(object_near)s::pg_catalog.text[]))
            AND EXISTS (SELECT FROM pg_catalog.unnest(s.affected_objects) AS o (identity)
                WHERE o.identity LIKE ANY (%(object)s::pg_catalog.text[])))
        OR (s.script_type = 'DDL_AUTO' AND pg_catalog."right"(s.script_name, 6) = ' INDEX' AND EXISTS (
            SELECT FROM script_tracking.object_s AS v
            WHERE v.load_date = s.load_date AND v.script_execution_hk = s.script_execution_hk
                AND v.object_identity LIKE ANY (%(object)s::pg_catalog.text[]))))
    AND (%(grep)s::pg_catalog.text IS NULL OR pg_catalog.strpos(pg_catalog.concat_ws(pg_catalog.chr(10), s.sql_command,
        s.metadata ->> 'command', s.error_message), %(grep)s::pg_catalog.text) > 0)
    AND (%(grep_folded)s::pg_catalog.text IS NULL OR pg_catalog.strpos(pg_catalog.lower(pg_catalog.concat_ws(pg_catalog.chr(10),
        s.sql_command, s.metadata ->> 'command', s.error_message) COLLATE "C"), %(grep_folded)s::pg_catalog.text) > 0)
    AND (NOT %(slow)s::pg_catalog.bool OR s.execution_duration_ms > ((SELECT script_tracking.usual_limits(
        %(tenant)s::pg_catalog.bytea, %(until)s::pg_catalog.timestamptz))
            ->> (s.script_type || ' ' || s.script_name))::pg_catalog."numeric")
    -- </filters>
    ) END) AS e
LEFT JOIN LATERAL script_tracking.get_failure_state(e.execution_key) AS o ON true
LEFT JOIN LATERAL (
    SELECT pg_catalog."left"(v.error_message, 1000) AS error_message, v.metadata ->> 'ticket' AS ticket
    FROM script_tracking.execution_versions(e.execution_key) AS v
    WHERE v.load_end_date IS NULL
) AS r ON true
