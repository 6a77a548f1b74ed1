-- Executions that have ended, in their current versions, with the executions inside which each one ran: its own key, its
-- parent's, and so on up, and the traceparent that each of these was given. A link that the records do not confirm ends
-- it. The parameters recorded_since and recorded_before choose what is new, since and until when an execution began.
SELECT
    encode(s.script_execution_hk, 'hex') AS execution_key,
    s.script_name,
    s.script_type,
    s.execution_status,
    s.execution_timestamp,
    -- A caller may report any duration; the time at which a span ends has 64 bits of nanoseconds. At most a century.
    least(coalesce((s.metadata ->> 'duration_us')::numeric, s.execution_duration_ms::numeric * 1000, 0), 3155760000000000)::bigint
        AS duration_us,
    s.db_session_user,
    host(s.client_ip) AS client_ip,
    t.tenant_bk AS tenant,
    s.affected_objects,
    s.sql_command,
    s.error_message,
    script_tracking.get_shown_metadata(s.metadata) AS metadata,
    s.record_source,
    u.lineage_keys,
    u.lineage_traceparents
FROM script_tracking.script_execution_s AS s
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = s.tenant_hk
CROSS JOIN LATERAL (
    WITH RECURSIVE line AS (
        SELECT 0 AS depth, s AS version
        UNION ALL
        SELECT l.depth + 1, p
        FROM line AS l
        JOIN script_tracking.script_execution_parent_l AS k
            ON k.child_execution_hk = (l.version).script_execution_hk
            -- The link is as old as its child: this leaves out the months before.
            AND k.load_date >= (l.version).execution_timestamp - '1 day'::interval
        CROSS JOIN LATERAL script_tracking.execution_versions(k.parent_execution_hk) AS p
        WHERE l.depth < 20 AND p.load_end_date IS NULL AND script_tracking.is_proven_link(k.link_type, p, l.version)
    )
    SELECT
        array_agg(encode((l.version).script_execution_hk, 'hex') ORDER BY l.depth) AS lineage_keys,
        array_agg((l.version).metadata ->> 'traceparent' ORDER BY l.depth) AS lineage_traceparents
    FROM line AS l
) AS u
WHERE s.load_end_date IS NULL
    AND s.execution_status <> 'RUNNING'
    AND (%(tenant)s::bytea IS NULL OR s.tenant_hk = %(tenant)s::bytea)
    AND (%(since)s::timestamptz IS NULL
        -- Nothing is recorded before it began; the day allows for clocks that differ, and excludes earlier months.
        OR s.execution_timestamp >= %(since)s::timestamptz
            AND s.load_date >= %(since)s::timestamptz - '1 day'::interval)
    AND (%(until)s::timestamptz IS NULL OR s.execution_timestamp < %(until)s::timestamptz)
    AND (%(recorded_since)s::timestamptz IS NULL OR s.load_date >= %(recorded_since)s::timestamptz)
    AND (%(recorded_before)s::timestamptz IS NULL OR s.load_date < %(recorded_before)s::timestamptz)
ORDER BY s.load_date, s.script_execution_hk
