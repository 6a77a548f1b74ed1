-- Returns in words who held the lock that an execution waited for. It can be another tenant's login, so only those who
-- see all tenants learn more than the process.
CREATE OR REPLACE FUNCTION script_tracking.wait_holders(
    p_execution_hk pg_catalog.bytea,
    p_started_at pg_catalog.timestamptz,
    p_seen_by pg_catalog.text,
    p_sees_all pg_catalog.bool
)
RETURNS pg_catalog.text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
AS $function$
    SELECT string_agg(CASE WHEN p_sees_all AND script_tracking.caller_may_administer() THEN
            concat_ws(', ', coalesce(h.holder ->> 'login', 'unknown login'), 'pid ' || (h.holder ->> 'pid'),
                h.holder ->> 'application', h.holder ->> 'state') || coalesce(': ' || (h.holder ->> 'statement'), '')
        ELSE 'pid ' || (h.holder ->> 'pid') END, '; ' ORDER BY h.place)
    FROM script_tracking.execution_wait_s AS w
    CROSS JOIN LATERAL jsonb_array_elements(w.holders) WITH ORDINALITY AS h (holder, place)
    WHERE w.script_execution_hk = p_execution_hk AND w.started_at = p_started_at AND w.seen_by = p_seen_by
$function$;

COMMENT ON FUNCTION script_tracking.wait_holders(
    pg_catalog.bytea, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.bool) IS
    'Who held the lock that an execution waited for, in words; the process alone for those who do not see all tenants';
