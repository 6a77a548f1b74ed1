-- Returns whether an endpoint's transaction ids mean here what they meant on the server where it was last read, because that
-- server's files are this one's: pg_upgrade gives the server another identity, and keeps the ids, the rows and the numbers
-- of databases and tables. A restored dump writes the rows again, each under the id of the restore, not of who recorded it.
CREATE OR REPLACE FUNCTION script_tracking.is_moved_here(p_endpoint script_tracking.event_endpoint)
RETURNS pg_catalog.bool
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT (p_endpoint).place - 'system' = script_tracking.rollup_place() - 'system' AND coalesce((
        -- Only what was recorded before the move: rows that this server wrote itself prove nothing. A row that was ended
        -- later, or written in a subtransaction, has another id; two that agree are no accident.
        SELECT count(DISTINCT r.recorded_by::pg_catalog.text) FILTER (WHERE r.is_written_by)
            >= least(2, count(DISTINCT r.recorded_by::pg_catalog.text))
        FROM (
            SELECT s.recorded_by, s.xmin::pg_catalog.text::pg_catalog.int8
                = s.recorded_by::pg_catalog.text::pg_catalog."numeric" % 4294967296 AS is_written_by
            FROM script_tracking.script_execution_s AS s
            WHERE s.load_date <= (p_endpoint).last_event_at AND s.recorded_by IS NOT NULL
            ORDER BY s.load_date DESC LIMIT 100
        ) AS r
        HAVING count(*) > 0), false)
$function$;

COMMENT ON FUNCTION script_tracking.is_moved_here(script_tracking.event_endpoint) IS
    'Whether pg_upgrade made this server from the one where an endpoint was last read; for the functions of this schema';
