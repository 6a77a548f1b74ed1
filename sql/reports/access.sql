SELECT a.accessed_at, a.db_session_user::pg_catalog.text AS db_session_user, a.report_name,
    coalesce((SELECT t.tenant_bk FROM script_tracking.tenant_h AS t WHERE t.tenant_hk = a.accessed_tenant_hk),
        a.accessed_tenant) AS tenant,
    CASE WHEN a.is_granted THEN 'GRANTED' ELSE 'REFUSED' END AS outcome,
    pg_catalog.host(a.client_ip) AS client_ip, a.application_name
FROM script_tracking.access_log AS a
WHERE a.accessed_at >= coalesce(
        %(since)s::pg_catalog.timestamptz,
        coalesce(%(until)s::pg_catalog.timestamptz, pg_catalog.statement_timestamp())
            - pg_catalog.make_interval(days => %(days)s::pg_catalog.int4))
    AND (%(until)s::pg_catalog.timestamptz IS NULL OR a.accessed_at < %(until)s::pg_catalog.timestamptz)
    AND (%(tenant)s::pg_catalog.bytea IS NULL OR a.accessed_tenant_hk = %(tenant)s::pg_catalog.bytea)
    AND (%(user)s::pg_catalog.text[] IS NULL OR a.db_session_user::pg_catalog.text = ANY (%(user)s::pg_catalog.text[]))
    AND (%(user_like)s::pg_catalog.text[] IS NULL OR a.db_session_user::pg_catalog.text LIKE ANY (%(user_like)s::pg_catalog.text[]))
ORDER BY a.accessed_at DESC, a.access_id DESC
LIMIT %(limit)s::pg_catalog.int8
