-- Versions of executions for an export, in the columns of dbtrack.export.columns; a column that is not asked for is not
-- computed. They are bound as literals, so that the planner drops the conditions that do not apply.
SELECT encode(s.script_execution_hk, 'hex') || '-' || (extract(epoch FROM s.load_date) * 1000000)::bigint AS id,
    encode(s.script_execution_hk, 'hex') AS execution_key, s.version_number,
    s.script_name, s.script_type, s.execution_status,
    to_char(s.execution_timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS execution_timestamp,
    CASE
        WHEN s.execution_duration_ms IS NOT NULL AND jsonb_typeof(s.metadata -> 'duration_us') = 'number'
            THEN (s.metadata ->> 'duration_us')::numeric * 0.001
        ELSE s.execution_duration_ms
    END AS duration_ms,
    to_char(s.load_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded_at,
    s.db_session_user, s.metadata ->> 'role' AS role, s.metadata ->> 'application_name' AS application_name,
    host(s.client_ip) AS client_ip, t.tenant_bk AS tenant, to_json(s.affected_objects) AS affected_objects,
    CASE WHEN jsonb_typeof(s.metadata -> 'object_count') = 'number'
        THEN least((s.metadata ->> 'object_count')::numeric, 2147483647)::integer
        ELSE cardinality(s.affected_objects) END AS object_count,
    s.record_source,
    s.sql_command, s.error_message, script_tracking.get_shown_metadata(s.metadata) AS metadata,
    -- Not ORDER BY ... LIMIT 1, for which the planner may read all links in the order of load_date, for each execution.
    (SELECT (array_agg(encode(l.parent_execution_hk, 'hex') ORDER BY l.load_date))[1]
     FROM script_tracking.script_execution_parent_l AS l
     WHERE l.child_execution_hk = s.script_execution_hk) AS parent_key
-- A search reads only its places.
FROM script_tracking.script_execution_s AS s
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = s.tenant_hk
WHERE (%(tenant)s::bytea IS NULL OR s.tenant_hk = %(tenant)s::bytea)
    AND (%(all_versions)s::boolean OR s.load_end_date IS NULL)
    AND (%(since)s::timestamptz IS NULL
        -- Nothing is recorded before it began; the day allows for clocks that differ, and excludes earlier months.
        OR s.execution_timestamp >= %(since)s::timestamptz
            AND s.load_date >= %(since)s::timestamptz - '1 day'::interval)
    AND (%(until)s::timestamptz IS NULL OR s.execution_timestamp < %(until)s::timestamptz)
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
    AND (%(recorded_since)s::timestamptz IS NULL OR s.load_date >= %(recorded_since)s::timestamptz)
    -- What the export before did not see: transactions that began after its snapshot, and those that were open in it.
    AND (%(next_id)s::xid8 IS NULL OR s.recorded_by >= %(next_id)s::xid8 OR s.recorded_by = ANY (%(open_ids)s::xid8[])
        OR s.load_date >= %(again_since)s::timestamptz)
    -- A snapshot on a standby does not say which transactions are open; and a dump brings ids that are not this server's.
    AND (%(ended_before)s::xid8 IS NULL OR s.recorded_by IS NULL OR s.recorded_by < %(ended_before)s::xid8)
-- The first term is a constant in a whole export, which then needs no sort: version_number is the order of changes, and
-- load_date is that of the index.
ORDER BY CASE WHEN %(next_id)s::xid8 IS NOT NULL THEN s.version_number END, s.load_date, s.script_execution_hk
