-- Lists the locks that an execution, and what ran inside it, waited for. A wait that both the log and dbtrack track saw is
-- listed once, as the log has it.
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
    WITH seen AS MATERIALIZED (
        SELECT w.script_execution_hk, w.started_at, w.seen_by, w.waited_ms, w.lock_mode, w.object_identity, w.backend_pid
        FROM (
            SELECT get_execution_waits.execution_key AS hk
            UNION
            SELECT l.child_execution_hk FROM script_tracking.script_execution_parent_l AS l
            WHERE l.parent_execution_hk = get_execution_waits.execution_key
        ) AS k
        JOIN script_tracking.execution_wait_s AS w ON w.script_execution_hk = k.hk
    )
    SELECT s.started_at, s.waited_ms, s.lock_mode, s.object_identity,
        script_tracking.wait_holders(s.script_execution_hk, s.started_at, s.seen_by, script_tracking.sees_all_tenants())
    FROM seen AS s
    WHERE s.seen_by = 'log' OR NOT EXISTS (
        SELECT FROM seen AS l
        WHERE l.seen_by = 'log' AND l.backend_pid = s.backend_pid
            AND l.started_at BETWEEN s.started_at - '3 seconds'::pg_catalog."interval" AND s.started_at + '3 seconds')
$function$;

COMMENT ON FUNCTION script_tracking.get_execution_waits(pg_catalog.bytea) IS
    'The locks that an execution, and what ran inside it, waited for, and who held them';
