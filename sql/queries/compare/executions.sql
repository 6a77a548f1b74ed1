-- The operations of some types, one row for each name of each tenant: how often it ran, how it ended last, and when it
-- first completed. Only the tables that every version of dbtrack has.
SELECT coalesce(t.tenant_bk, '')::text AS tenant, s.script_name::text, count(*)::int AS runs,
    (array_agg(s.execution_status ORDER BY s.execution_timestamp DESC, s.version_number DESC))[1]::text AS last_status,
    max(s.execution_timestamp) AS last_at,
    (array_agg(s.db_session_user ORDER BY s.execution_timestamp DESC, s.version_number DESC))[1]::text AS last_login,
    (array_agg(s.script_execution_hk ORDER BY s.execution_timestamp DESC, s.version_number DESC))[1] AS last_key,
    min(s.execution_timestamp) FILTER (WHERE s.execution_status = 'COMPLETED') AS completed_at
FROM script_tracking.script_execution_s AS s
LEFT JOIN script_tracking.tenant_h AS t ON t.tenant_hk = s.tenant_hk
WHERE s.load_end_date IS NULL AND s.script_type = ANY (%(types)s::text[])
    AND (%(tenant)s::text IS NULL OR t.tenant_bk = %(tenant)s)
GROUP BY 1, 2
ORDER BY convert_to(coalesce(t.tenant_bk, ''), 'UTF8'), convert_to(s.script_name, 'UTF8')
