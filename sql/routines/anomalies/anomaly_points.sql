-- Returns the hourly series that anomalies are looked for in: of each type, each type of a tenant and each login its operations,
-- failures and mean duration, from the rollups as far as they reach, and the lock waits. Not of a tenant as a whole: loads come by
-- the hour and deployments in bursts, and of both together nothing is usual. Hours without an operation have no row.
CREATE OR REPLACE FUNCTION script_tracking.anomaly_points(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz
)
RETURNS TABLE (
    measure pg_catalog.text,
    subject_kind pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    subject pg_catalog.text,
    hour_start pg_catalog.timestamptz,
    value pg_catalog."numeric"
)
LANGUAGE plpgsql STABLE ROWS 10000
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH hour AS MATERIALIZED (
        SELECT 'type' AS kind, ''::pg_catalog.bytea AS tenant_hk, t.script_type AS subject, t.hour_start, t.ended,
            t.ended - t.completed AS failed, t.timed, t.duration_ms
        FROM script_tracking.tally_hours(NULL, p_since, p_until) AS t
        UNION ALL
        SELECT 'tenant', t.tenant_hk, t.script_type, t.hour_start, t.ended, t.ended - t.completed, t.timed, t.duration_ms
        FROM script_tracking.tally_hours(NULL, p_since, p_until, true) AS t
        WHERE t.tenant_hk <> ''
        UNION ALL
        SELECT 'login', l.tenant_hk, l.db_session_user, l.hour_start, l.ended, l.failed, l.timed, l.duration_ms
        FROM script_tracking.rollup_login AS l
        WHERE l.hour_start >= p_since AND l.hour_start < p_until
    ), series AS (
        SELECT h.kind, h.tenant_hk, h.subject, h.hour_start, sum(h.ended) AS ended, sum(h.failed) AS failed,
            sum(h.duration_ms) / nullif(sum(h.timed), 0) AS duration_ms
        FROM hour AS h
        GROUP BY h.kind, h.tenant_hk, h.subject, h.hour_start
    )
    SELECT m.measure, s.kind, s.tenant_hk, s.subject, s.hour_start, m.value
    FROM series AS s
    CROSS JOIN LATERAL (VALUES ('operations', s.ended), ('failures', s.failed), ('duration_ms', s.duration_ms)) AS m (measure, value)
    WHERE m.value IS NOT NULL;
    -- If the log and dbtrack track both saw the waits of an execution, the longer sum counts.
    RETURN QUERY
    WITH waited AS MATERIALIZED (
        SELECT coalesce(w.tenant_hk, '') AS tenant_hk, w.script_execution_hk, date_trunc('hour', w.started_at, 'UTC') AS hour_start,
            w.seen_by, sum(w.waited_ms) AS waited_ms
        FROM script_tracking.execution_wait_s AS w
        WHERE w.started_at >= p_since AND w.started_at < p_until
        GROUP BY 1, 2, 3, 4
    ), longest AS (
        SELECT w.tenant_hk, w.hour_start, w.script_execution_hk, max(w.waited_ms) AS waited_ms FROM waited AS w GROUP BY 1, 2, 3
    )
    SELECT 'waited_ms', CASE WHEN grouping(l.tenant_hk) = 1 THEN 'all' ELSE 'tenant' END, coalesce(l.tenant_hk, ''), '',
        l.hour_start, sum(l.waited_ms)
    FROM longest AS l
    GROUP BY GROUPING SETS ((l.tenant_hk, l.hour_start), (l.hour_start))
    HAVING grouping(l.tenant_hk) = 1 OR l.tenant_hk <> '';
END
$function$;

COMMENT ON FUNCTION script_tracking.anomaly_points(pg_catalog.timestamptz, pg_catalog.timestamptz) IS
    'Operations, failures, mean duration and lock waits of each type, tenant and login, by hour';
