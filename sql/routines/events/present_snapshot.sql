-- Returns the present snapshot, in which nothing of the transaction itself is visible. pg_current_snapshot() leaves its id
-- out of the open ones, so what the transaction records would look as if it had been delivered.
CREATE OR REPLACE FUNCTION script_tracking.present_snapshot()
RETURNS pg_catalog.pg_snapshot
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN pg_visible_in_snapshot(p.own_id, p.present)
        THEN format('%s:%s:%s', least(p.own_id, pg_snapshot_xmin(p.present)), pg_snapshot_xmax(p.present), (
            SELECT string_agg(o.id::pg_catalog.text, ',' ORDER BY o.id)
            FROM (SELECT pg_snapshot_xip(p.present) UNION SELECT p.own_id) AS o (id)))::pg_catalog.pg_snapshot
        ELSE p.present END
    FROM (SELECT pg_current_snapshot() AS present, pg_current_xact_id_if_assigned() AS own_id OFFSET 0) AS p
$function$;

COMMENT ON FUNCTION script_tracking.present_snapshot() IS
    'The present snapshot, in which nothing of the transaction itself is visible';
