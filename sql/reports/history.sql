-- Does not use get_execution_history, because this report streams, and shows the key, the tenant and microseconds.
SELECT s.script_execution_hk AS execution_key, s.script_name, s.script_type, s.execution_status,
    s.execution_timestamp,
    CASE
        WHEN s.execution_duration_ms IS NOT NULL AND pg_catalog.jsonb_typeof(s.metadata -> 'duration_us') = 'number'
            THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001
        ELSE s.execution_duration_ms
    END AS duration_ms,
    s.db_session_user,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk) AS tenant,
    s.affected_objects,
    s.metadata ->> 'ticket' AS ticket, s.metadata ->> 'sqlstate' AS sqlstate,
    pg_catalog."left"(s.error_message, 1000) AS error_message,
    CASE WHEN s.metadata ? 'privileges'
        THEN pg_catalog.jsonb_path_query_array(s.metadata, '$.privileges[0 to 2]') END AS privileges,
    (SELECT pg_catalog.max(w.waited_ms) FROM script_tracking.execution_wait_s AS w
     WHERE w.script_execution_hk = s.script_execution_hk) AS waited_ms,
    CASE WHEN (SELECT script_tracking.class_map()) IS NOT NULL OR s.script_type = 'CLASSIFICATION' THEN
        script_tracking.execution_classes(s.script_execution_hk, s.load_date,
            CASE WHEN s.script_type = 'CLASSIFICATION' THEN s.metadata END, (SELECT script_tracking.class_map()))
    END AS classes,
    f.parent_execution_hk AS parent_key,
    CASE WHEN f.parent_execution_hk IS NOT NULL THEN (
        SELECT p.script_name
        FROM script_tracking.script_execution_h AS h
        JOIN script_tracking.script_execution_s AS p ON p.load_date = h.load_date AND p.script_execution_hk = h.script_execution_hk
        WHERE h.script_execution_hk = f.parent_execution_hk
        LIMIT 1) END AS parent_name,
    o.children,
    CASE WHEN o.children > 0 AND s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED') THEN (
        SELECT pg_catalog.count(*)
        FROM script_tracking.script_execution_parent_l AS l
        JOIN script_tracking.script_execution_s AS c ON c.script_execution_hk = l.child_execution_hk AND c.load_date >= l.load_date
        WHERE l.parent_execution_hk = s.script_execution_hk
            AND l.load_date >= s.execution_timestamp - pg_catalog."interval" '1 day'
            AND l.load_date <= s.load_date + pg_catalog."interval" '1 day'
            AND c.load_end_date IS NULL AND c.execution_status <> 'COMPLETED') END AS failed_children,
    o.changed_objects,
    CASE WHEN %(statements)s::pg_catalog.bool THEN coalesce(s.sql_command, s.metadata ->> 'command') END AS statement
-- A search reads only its places, and a login of some tenants its latest rows.
FROM script_tracking.script_execution_s AS s
-- What ran inside an execution was recorded between its start and its end; the days allow for clocks that differ. So only
-- the months of that time are opened.
LEFT JOIN LATERAL (
    SELECT l.parent_execution_hk
    FROM script_tracking.script_execution_parent_l AS l
    WHERE l.child_execution_hk = s.script_execution_hk
        AND l.load_date >= s.execution_timestamp - pg_catalog."interval" '1 day'
        AND l.load_date <= s.load_date + pg_catalog."interval" '1 day'
    LIMIT 1
) AS f ON %(family)s::pg_catalog.bool
LEFT JOIN LATERAL (
    SELECT pg_catalog.count(*) AS children,
        ARRAY(SELECT n.identity
            FROM (SELECT pg_catalog.unnest((pg_catalog.array_agg(l.child_execution_hk))[:20]) AS child_execution_hk,
                    pg_catalog.unnest((pg_catalog.array_agg(l.load_date))[:20]) AS load_date) AS first
            -- A captured DDL and the link to its operation are written at the same time.
            JOIN script_tracking.script_execution_s AS c
                ON c.load_date = first.load_date AND c.script_execution_hk = first.child_execution_hk
            CROSS JOIN LATERAL pg_catalog.unnest(c.affected_objects) AS n (identity)
            GROUP BY n.identity
            ORDER BY pg_catalog.min(first.load_date), n.identity
            LIMIT 5) AS changed_objects
    FROM script_tracking.script_execution_parent_l AS l
    WHERE l.parent_execution_hk = s.script_execution_hk
        AND l.load_date >= s.execution_timestamp - pg_catalog."interval" '1 day'
        AND (l.load_date <= s.load_date + pg_catalog."interval" '1 day' OR s.execution_status = 'RUNNING')
) AS o ON %(family)s::pg_catalog.bool AND s.script_type <> 'DDL_AUTO'
WHERE (s.load_end_date IS NULL OR (%(as_of)s::pg_catalog.timestamptz IS NOT NULL
        AND s.load_end_date > %(as_of)s::pg_catalog.timestamptz))
    AND (%(as_of)s::pg_catalog.timestamptz IS NULL OR s.load_date <= %(as_of)s::pg_catalog.timestamptz)
    AND s.execution_timestamp >= coalesce(
        %(since)s::pg_catalog.timestamptz,
        coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
            - pg_catalog.make_interval(days => %(days)s::pg_catalog.int4))
    -- Nothing is recorded before it began; the day allows for clocks that differ. This condition excludes earlier
    -- months.
    AND s.load_date >= coalesce(
        %(since)s::pg_catalog.timestamptz,
        coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
            - pg_catalog.make_interval(days => %(days)s::pg_catalog.int4)) - pg_catalog."interval" '1 day'
    AND (%(until)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp < %(until)s::pg_catalog.timestamptz)
    AND (%(tenant)s::pg_catalog.bytea IS NULL OR s.tenant_hk = %(tenant)s::pg_catalog.bytea)
    AND (%(status)s::pg_catalog.text IS NULL OR s.execution_status = %(status)s::pg_catalog.text)
    AND (%(ticket)s::pg_catalog.text IS NULL OR s.metadata ->> 'ticket' = %(ticket)s::pg_catalog.text)
    AND (%(environment)s::pg_catalog.text IS NULL OR s.metadata ->> 'environment' = %(environment)s::pg_catalog.text)
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
    -- Folded: without what ran inside an operation that is listed itself, because it began in the same window.
    -- Not EXISTS, for which the planner would read all executions of the window first.
    AND (NOT %(folded)s::pg_catalog.bool OR f.parent_execution_hk IS NULL OR (
        SELECT true
        FROM script_tracking.script_execution_h AS h
        JOIN script_tracking.script_execution_s AS p ON p.load_date = h.load_date AND p.script_execution_hk = h.script_execution_hk
        WHERE h.script_execution_hk = f.parent_execution_hk
            AND h.load_date >= coalesce(
                %(since)s::pg_catalog.timestamptz,
                coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
                    - pg_catalog.make_interval(days => %(days)s::pg_catalog.int4)) - pg_catalog."interval" '1 day'
            AND p.execution_timestamp >= coalesce(
                %(since)s::pg_catalog.timestamptz,
                coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
                    - pg_catalog.make_interval(days => %(days)s::pg_catalog.int4))
            AND (%(tenant)s::pg_catalog.bytea IS NULL OR p.tenant_hk = %(tenant)s::pg_catalog.bytea)
        LIMIT 1) IS NULL)
    -- Pages: what follows the last row of the page before. A version number would not do as the second column, because an
    -- execution gets a higher one when it ends.
    AND (%(after_time)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp <= %(after_time)s::pg_catalog.timestamptz)
    AND (%(after_time)s::pg_catalog.timestamptz IS NULL
        OR (s.execution_timestamp, s.script_execution_hk)
            < (%(after_time)s::pg_catalog.timestamptz, %(after_key)s::pg_catalog.bytea))
ORDER BY s.execution_timestamp DESC, CASE WHEN %(in_pages)s::pg_catalog.bool THEN NULL ELSE s.version_number END DESC,
    s.script_execution_hk DESC
LIMIT %(limit)s::pg_catalog.int8
