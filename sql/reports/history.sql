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
    s.affected_objects
FROM script_tracking.script_execution_s AS s
WHERE s.load_end_date IS NULL
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
    AND (%(type)s::pg_catalog.text IS NULL OR s.script_type = %(type)s::pg_catalog.text)
    AND (%(status)s::pg_catalog.text IS NULL OR s.execution_status = %(status)s::pg_catalog.text)
    AND (%(name)s::pg_catalog.text IS NULL OR s.script_name = %(name)s::pg_catalog.text)
    AND (%(ticket)s::pg_catalog.text IS NULL OR s.metadata ->> 'ticket' = %(ticket)s::pg_catalog.text)
    AND (%(environment)s::pg_catalog.text IS NULL OR s.metadata ->> 'environment' = %(environment)s::pg_catalog.text)
    -- Pages: what follows the last row of the page before. A version number would not do as the second column, because an
    -- execution gets a higher one when it ends.
    AND (%(after_time)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp <= %(after_time)s::pg_catalog.timestamptz)
    AND (%(after_time)s::pg_catalog.timestamptz IS NULL
        OR (s.execution_timestamp, s.script_execution_hk)
            < (%(after_time)s::pg_catalog.timestamptz, %(after_key)s::pg_catalog.bytea))
ORDER BY s.execution_timestamp DESC, CASE WHEN %(in_pages)s::pg_catalog.bool THEN NULL ELSE s.version_number END DESC,
    s.script_execution_hk DESC
LIMIT %(limit)s::pg_catalog.int8
