-- Returns the sources, how far each is, and whether all is well with it. Administrators see all; others those whose rows
-- without a tenant they may see.
CREATE OR REPLACE FUNCTION script_tracking.get_vault_sources()
RETURNS TABLE (
    source_name pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text,
    last_seen_at pg_catalog.timestamptz,
    last_arrival_at pg_catalog.timestamptz,
    lag_seconds pg_catalog.float8,
    verified_before pg_catalog.timestamptz,
    verified_rows pg_catalog.int8,
    executions pg_catalog.int8,
    tenants pg_catalog.int8,
    findings pg_catalog.int8,
    database_name pg_catalog.text,
    dbtrack_version pg_catalog.text,
    login_name pg_catalog.text
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT s.source_name::pg_catalog.text,
        CASE WHEN f.findings > 0 THEN 'CRITICAL' WHEN s.removed_at IS NOT NULL THEN 'OK'
            WHEN s.subscription_name IS NOT NULL THEN CASE WHEN w.is_running THEN 'OK' ELSE 'WARNING' END
            WHEN coalesce(s.last_seen_at, s.created_at) < statement_timestamp() - make_interval(secs => s.expected_seconds)
                THEN 'WARNING' ELSE 'OK' END,
        CASE WHEN f.findings > 0 THEN format('%s findings: %s', f.findings, f.details)
            WHEN s.removed_at IS NOT NULL THEN 'removed; its rows stay'
            WHEN s.subscription_name IS NOT NULL THEN format('the subscription %s %s', s.subscription_name,
                CASE WHEN w.is_running THEN 'receives' ELSE 'receives nothing; run: dbtrack doctor' END)
            WHEN s.last_seen_at IS NULL THEN 'has not pushed yet'
            WHEN s.last_seen_at < statement_timestamp() - make_interval(secs => s.expected_seconds)
                THEN format('silent for %s; is dbtrack push running there?',
                    date_trunc('second', statement_timestamp() - s.last_seen_at))
            ELSE format('pushed %s ago', greatest(date_trunc('second', statement_timestamp() - s.last_seen_at),
                '0'::pg_catalog."interval")) END
            || CASE WHEN s.follows_erasures AND s.removed_at IS NULL THEN '; its erasures are followed' ELSE '' END,
        coalesce(w.received_at, s.last_seen_at), s.last_arrival_at,
        extract(epoch FROM s.last_arrival_at - s.last_event_at)::pg_catalog.float8,
        s.verified_before, s.verified_rows,
        -- Nobody counts what a subscription brings.
        CASE WHEN s.subscription_name IS NULL THEN s.executions END,
        (SELECT count(*) FROM script_tracking.vault_tenant AS t
         WHERE t.source_name = s.source_name AND t.source_tenant_hk IS NOT NULL),
        f.findings, s.database_name, s.dbtrack_version, s.login_name::pg_catalog.text
    FROM script_tracking.vault_source AS s
    CROSS JOIN LATERAL (
        SELECT count(t.pid) > 0 AS is_running, max(t.last_msg_receipt_time) AS received_at
        FROM pg_catalog.pg_stat_subscription AS t WHERE t.subname = s.subscription_name AND t.relid IS NULL
    ) AS w
    CROSS JOIN LATERAL (
        SELECT count(*) AS findings, (array_agg(f.details ORDER BY f.last_found_at DESC))[1] AS details
        FROM script_tracking.vault_finding AS f WHERE f.source_name = s.source_name AND f.accepted_at IS NULL
    ) AS f
    WHERE (SELECT script_tracking.caller_may_administer()) OR EXISTS (
        SELECT FROM script_tracking.vault_tenant AS t
        WHERE t.source_name = s.source_name AND t.source_tenant_hk IS NULL
            AND t.tenant_hk = ANY ((SELECT script_tracking.caller_tenants())::pg_catalog.bytea[]))
    ORDER BY s.source_name
$function$;

COMMENT ON FUNCTION script_tracking.get_vault_sources() IS 'The sources of the vault: how far each is, and whether all is well';
