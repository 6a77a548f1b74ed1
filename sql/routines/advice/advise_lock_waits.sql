-- Lists what executions waited for, by object and mode of the lock, if they waited a second or more in all. A wait that both the
-- log and dbtrack track saw counts once, as the log has it. seconds is the time that they waited; what queued behind them is not in
-- the record.
CREATE OR REPLACE FUNCTION script_tracking.advise_lock_waits(p_tenant_hk pg_catalog.bytea, p_since pg_catalog.timestamptz)
RETURNS TABLE (
    kind pg_catalog.text,
    subject pg_catalog.text,
    tenant_hk pg_catalog.bytea,
    seconds pg_catalog."numeric",
    cases pg_catalog.int8,
    first_seen pg_catalog.timestamptz,
    last_seen pg_catalog.timestamptz,
    evidence pg_catalog.text,
    statement pg_catalog.text,
    execution_keys pg_catalog.bytea[]
)
LANGUAGE plpgsql STABLE ROWS 10
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $function$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH wait AS MATERIALIZED (
        SELECT w.script_execution_hk, w.tenant_hk, w.started_at, w.waited_ms, w.lock_mode::pg_catalog.text AS lock_mode, w.is_acquired,
            CASE WHEN w.object_identity ~ '^[a-z]+ [0-9(]' THEN 'a ' || split_part(w.object_identity, ' ', 1)
                ELSE coalesce(w.object_identity, 'an unknown object') END AS object_identity
        FROM script_tracking.execution_wait_s AS w
        WHERE w.started_at >= p_since AND (p_tenant_hk IS NULL OR w.tenant_hk = p_tenant_hk)
            AND (w.seen_by = 'log' OR NOT EXISTS (
                SELECT FROM script_tracking.execution_wait_s AS l
                WHERE l.seen_by = 'log' AND l.backend_pid = w.backend_pid
                    AND l.started_at BETWEEN w.started_at - '3 seconds'::pg_catalog."interval" AND w.started_at + '3 seconds'))
        ORDER BY w.started_at DESC
        LIMIT 10000
    )
    SELECT 'lock', w.object_identity || ' (' || w.lock_mode || ')', w.tenant_hk, sum(w.waited_ms) / 1000,
        count(DISTINCT w.script_execution_hk), min(w.started_at), max(w.started_at),
        format('%s executions waited %s s for this lock, the longest %s s', count(DISTINCT w.script_execution_hk),
            round(sum(w.waited_ms) / 1000, 1), round(max(w.waited_ms) / 1000, 1))
            || CASE WHEN bool_or(NOT w.is_acquired) THEN format('; %s waits ended without it', count(*) FILTER (WHERE NOT w.is_acquired))
                ELSE '' END,
        'SET lock_timeout = ''2s''; -- and try again when it fails',
        (array_agg(w.script_execution_hk ORDER BY w.waited_ms DESC, w.started_at))[1:3]
    FROM wait AS w
    GROUP BY w.object_identity, w.lock_mode, w.tenant_hk
    HAVING sum(w.waited_ms) >= 1000
    ORDER BY sum(w.waited_ms) DESC
    LIMIT 50;
END
$function$;

COMMENT ON FUNCTION script_tracking.advise_lock_waits(pg_catalog.bytea, pg_catalog.timestamptz) IS
    'What executions waited for, by object and mode of the lock, and for how long';
