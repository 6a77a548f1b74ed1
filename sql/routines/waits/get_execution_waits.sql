-- Lists the locks that an execution, and what ran inside it, waited for. A wait that both the log and dbtrack track saw is
-- listed once: the log knows better for how long, and dbtrack track who held the lock. What dbtrack track saw belongs to
-- the operation; it is listed for the DDL inside it by the process and the time.
CREATE OR REPLACE FUNCTION script_tracking.get_execution_waits(execution_key pg_catalog.bytea)
RETURNS TABLE (
    started_at pg_catalog.timestamptz,
    waited_ms pg_catalog."numeric",
    lock_mode pg_catalog."varchar",
    object_identity pg_catalog.text,
    holder pg_catalog.text
)
LANGUAGE sql STABLE STRICT ROWS 2
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH own AS MATERIALIZED (
        SELECT v.execution_timestamp, v.metadata ->> 'backend_pid' AS pid,
            coalesce(v.execution_timestamp + v.execution_duration_ms * '1 millisecond'::pg_catalog."interval", 'infinity') AS ended_at
        FROM script_tracking.execution_versions(get_execution_waits.execution_key) AS v
        WHERE v.load_end_date IS NULL
    ), seen AS MATERIALIZED (
        SELECT w.script_execution_hk, w.started_at, w.seen_by, w.waited_ms, w.lock_mode, w.object_identity, w.backend_pid
        FROM (
            SELECT get_execution_waits.execution_key AS hk
            UNION
            SELECT l.child_execution_hk FROM script_tracking.script_execution_parent_l AS l
            WHERE l.parent_execution_hk = get_execution_waits.execution_key
        ) AS k
        JOIN script_tracking.execution_wait_s AS w ON w.script_execution_hk = k.hk
        UNION ALL
        SELECT w.script_execution_hk, w.started_at, w.seen_by, w.waited_ms, w.lock_mode, w.object_identity, w.backend_pid
        FROM script_tracking.script_execution_parent_l AS l
        CROSS JOIN own AS o
        JOIN script_tracking.execution_wait_s AS w ON w.script_execution_hk = l.parent_execution_hk AND w.seen_by = 'track'
            AND w.backend_pid::pg_catalog.text = o.pid
            AND w.started_at BETWEEN o.execution_timestamp - '3 seconds'::pg_catalog."interval" AND o.ended_at
        WHERE l.child_execution_hk = get_execution_waits.execution_key
    )
    SELECT s.started_at, s.waited_ms, s.lock_mode, s.object_identity,
        coalesce(script_tracking.wait_holders(t.script_execution_hk, t.started_at, t.seen_by, a.sees_all),
            script_tracking.wait_holders(s.script_execution_hk, s.started_at, s.seen_by, a.sees_all))
    FROM seen AS s
    CROSS JOIN (SELECT script_tracking.sees_all_tenants() AS sees_all) AS a
    LEFT JOIN LATERAL (
        SELECT o.* FROM seen AS o
        WHERE s.seen_by = 'log' AND o.seen_by = 'track' AND o.backend_pid = s.backend_pid
            AND o.started_at BETWEEN s.started_at - '3 seconds'::pg_catalog."interval" AND s.started_at + '3 seconds'
        LIMIT 1
    ) AS t ON true
    WHERE s.seen_by = 'log' OR NOT EXISTS (
        SELECT FROM seen AS l
        WHERE l.seen_by = 'log' AND l.backend_pid = s.backend_pid
            AND l.started_at BETWEEN s.started_at - '3 seconds'::pg_catalog."interval" AND s.started_at + '3 seconds')
$function$;

COMMENT ON FUNCTION script_tracking.get_execution_waits(pg_catalog.bytea) IS
    'The locks that an execution, and what ran inside it, waited for, and who held them';
