-- A page of executions, the latest first: those before a key, or after one. Each as it stands now, with its error in one
-- line. Without a filter the time index ends the scan after a page.
SELECT s.script_execution_hk AS execution_key, s.script_name, s.script_type, s.execution_status, s.execution_timestamp,
    CASE
        WHEN s.execution_duration_ms IS NOT NULL AND pg_catalog.jsonb_typeof(s.metadata -> 'duration_us') = 'number'
            THEN (s.metadata ->> 'duration_us')::pg_catalog."numeric" * 0.001
        ELSE s.execution_duration_ms
    END AS duration_ms,
    s.db_session_user,
    (SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = s.tenant_hk) AS tenant,
    s.affected_objects[1:3] AS affected_objects, pg_catalog.cardinality(s.affected_objects) AS object_count,
    CASE WHEN s.execution_status IN ('FAILED', 'CANCELLED', 'ABANDONED')
        THEN pg_catalog."left"(script_tracking.error_cause(s.error_message, s.metadata), 400) END AS error,
    s.metadata ->> 'sqlstate' AS sqlstate, s.metadata ->> 'ticket' AS ticket,
    CASE WHEN pg_catalog.cardinality(s.affected_objects) = 0
        THEN pg_catalog."left"(coalesce(s.metadata ->> 'command', s.sql_command), 200) END AS statement
-- A search reads only its places.
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL
    AND s.execution_timestamp >= %(since)s::pg_catalog.timestamptz
    -- Nothing is recorded before it began; the day allows for clocks that differ.
    AND s.load_date >= %(since)s::pg_catalog.timestamptz - pg_catalog."interval" '1 day'
    AND (%(until)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp < %(until)s::pg_catalog.timestamptz)
    AND (%(before)s::pg_catalog.timestamptz IS NULL
        OR (s.execution_timestamp, s.version_number)
            < (%(before)s::pg_catalog.timestamptz, %(before_version)s::pg_catalog.int8))
    AND (%(statuses)s::pg_catalog.text[] IS NULL OR s.execution_status = ANY (%(statuses)s::pg_catalog.text[]))
    -- As in sql/reports/history.sql; a word of the page is one word, whatever commas are in it.
    AND (%(type)s::pg_catalog.text[] IS NULL OR s.script_type = ANY (%(type)s::pg_catalog.text[]))
    AND (%(name)s::pg_catalog.text IS NULL OR s.script_name = %(name)s::pg_catalog.text)
    AND (%(name_like)s::pg_catalog.text IS NULL OR s.script_name LIKE %(name_like)s::pg_catalog.text)
    AND (%(object_near)s::pg_catalog.text IS NULL OR pg_catalog.array_to_string(s.affected_objects, pg_catalog.chr(10))
        LIKE %(object_near)s::pg_catalog.text)
    AND (%(object)s::pg_catalog.text[] IS NULL OR EXISTS (
        SELECT FROM pg_catalog.unnest(s.affected_objects) AS o (identity)
        WHERE o.identity LIKE ANY (%(object)s::pg_catalog.text[])))
    AND (%(user)s::pg_catalog.text IS NULL OR s.db_session_user = %(user)s::pg_catalog.text)
    AND (%(user_like)s::pg_catalog.text IS NULL OR s.db_session_user LIKE %(user_like)s::pg_catalog.text)
    AND (%(ticket)s::pg_catalog.text IS NULL OR s.metadata ->> 'ticket' = %(ticket)s::pg_catalog.text)
    AND (%(tenant)s::pg_catalog.text IS NULL OR s.tenant_hk = script_tracking.resolve_tenant(%(tenant)s::pg_catalog.text))
    AND (NOT %(of_none)s::pg_catalog.bool OR s.tenant_hk IS NULL)
    AND (%(words)s::pg_catalog.text IS NULL
        OR pg_catalog.strpos(pg_catalog.lower(s.script_name), pg_catalog.lower(%(words)s::pg_catalog.text)) > 0
        OR pg_catalog.strpos(pg_catalog.lower(s.db_session_user), pg_catalog.lower(%(words)s::pg_catalog.text)) > 0
        OR pg_catalog.strpos(pg_catalog.lower(s.metadata ->> 'ticket'), pg_catalog.lower(%(words)s::pg_catalog.text)) > 0
        OR pg_catalog.strpos(pg_catalog.lower(s.affected_objects::pg_catalog.text), pg_catalog.lower(%(words)s::pg_catalog.text)) > 0)
ORDER BY s.execution_timestamp DESC, s.version_number DESC
LIMIT %(limit)s::pg_catalog.int4
