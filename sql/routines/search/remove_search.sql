-- Removes the latest segments of the search, of at most so many versions but at least one, and their blocks; returns how many
-- versions they had. The others stay valid. The caller has locked search_state.
CREATE OR REPLACE FUNCTION script_tracking.remove_search(p_most_versions pg_catalog.int8)
RETURNS pg_catalog.int8
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $function$
    WITH removed AS (
        DELETE FROM script_tracking.search_segment AS g
        USING (
            SELECT n.segment_start, sum(n.versions) OVER w AS versions, row_number() OVER w AS place
            FROM script_tracking.search_segment AS n
            WINDOW w AS (ORDER BY n.segment_start DESC)
        ) AS t
        WHERE g.segment_start = t.segment_start AND (t.versions <= p_most_versions OR t.place = 1)
        RETURNING g.segment_start, g.versions
    ), block AS (
        DELETE FROM script_tracking.search_block AS b USING removed AS r WHERE b.segment_start = r.segment_start
    )
    SELECT coalesce(sum(r.versions), 0)::pg_catalog.int8 FROM removed AS r
$function$;

COMMENT ON FUNCTION script_tracking.remove_search(pg_catalog.int8) IS
    'Removes the latest segments of the search, of about so many versions';
