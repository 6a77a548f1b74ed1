-- By the writer, because only the trigger record_administration can write that name.
SELECT s.script_execution_hk AS execution_key, s.execution_timestamp,
    s.db_session_user::pg_catalog.text AS db_session_user, s.script_name,
    coalesce(c.new ->> 'setting', c.new ->> 'property', c.new ->> 'role', c.new ->> 'schema', c.new ->> 'key',
        c.new ->> 'token', c.new ->> 'login',
        c.new ->> 'execution', c.new ->> 'tenant',
        c.old ->> 'setting', c.old ->> 'property', c.old ->> 'role', c.old ->> 'schema', c.old ->> 'key',
        c.old ->> 'token', c.old ->> 'login',
        c.old ->> 'execution', c.old ->> 'tenant')
        AS subject,
    c.old AS old_value, c.new AS new_value, pg_catalog.host(s.client_ip) AS client_ip,
    s.metadata ->> 'application_name' AS application_name
FROM script_tracking.script_execution_s AS s
CROSS JOIN LATERAL (
    SELECT nullif(s.metadata #> '{administration,old}', 'null') AS old, nullif(s.metadata #> '{administration,new}', 'null') AS new
) AS c
WHERE s.load_end_date IS NULL AND s.script_type = 'MAINTENANCE' AND starts_with(s.record_source, 'administration@')
    AND s.execution_timestamp >= coalesce(
        %(since)s::pg_catalog.timestamptz,
        coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
            - pg_catalog.make_interval(days => %(days)s::pg_catalog.int4))
    AND s.load_date >= coalesce(
        %(since)s::pg_catalog.timestamptz,
        coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
            - pg_catalog.make_interval(days => %(days)s::pg_catalog.int4)) - pg_catalog."interval" '1 day'
    AND (%(until)s::pg_catalog.timestamptz IS NULL OR s.execution_timestamp < %(until)s::pg_catalog.timestamptz)
    AND (%(user)s::pg_catalog.text[] IS NULL OR s.db_session_user::pg_catalog.text = ANY (%(user)s::pg_catalog.text[]))
    AND (%(user_like)s::pg_catalog.text[] IS NULL OR s.db_session_user::pg_catalog.text LIKE ANY (%(user_like)s::pg_catalog.text[]))
ORDER BY s.execution_timestamp DESC, s.version_number DESC
LIMIT %(limit)s::pg_catalog.int8
