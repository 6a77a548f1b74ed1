-- Removes the segments with versions of these times, and their blocks. The caller has locked search_state.
CREATE OR REPLACE FUNCTION script_tracking.remove_search_segments(p_load_dates pg_catalog.timestamptz[])
RETURNS pg_catalog.int8
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH removed AS (
        DELETE FROM script_tracking.search_segment AS g
        WHERE g.segment_start IN (
            SELECT o.segment_start
            FROM (SELECT DISTINCT u.load_date FROM unnest(p_load_dates) AS u (load_date)) AS d
            -- Segments do not overlap: the last that begins before a time is the only one that can have it.
            CROSS JOIN LATERAL (
                SELECT n.segment_start, n.segment_end FROM script_tracking.search_segment AS n
                WHERE n.segment_start <= d.load_date ORDER BY n.segment_start DESC LIMIT 1) AS o
            WHERE d.load_date < o.segment_end)
        RETURNING g.segment_start
    ), block AS (
        DELETE FROM script_tracking.search_block AS b USING removed AS r WHERE b.segment_start = r.segment_start
    )
    SELECT count(*) FROM removed
$function$;

COMMENT ON FUNCTION script_tracking.remove_search_segments(pg_catalog.timestamptz[]) IS
    'Removes the segments of the search that have versions of these times';
