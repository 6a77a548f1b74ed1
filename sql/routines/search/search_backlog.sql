-- Returns how many versions a search reads one by one, because they are in no segment (counted to 100,001 between two
-- segments), or came late. NULL if search.index is off.
CREATE OR REPLACE FUNCTION script_tracking.search_backlog()
RETURNS pg_catalog.int8
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET row_security = on
SET plan_cache_mode = force_custom_plan
SET enable_seqscan = off
SET jit = off
AS $function$
DECLARE
    v_state script_tracking.search_state;
    v_versions pg_catalog.int8;
BEGIN
    IF script_tracking.current_setting_value('search.index') = 'off' THEN
        RETURN NULL;
    END IF;
    SELECT t.* INTO v_state FROM script_tracking.search_state AS t WHERE t.place = script_tracking.rollup_place();
    WITH segment AS (
        SELECT g.segment_start, g.segment_end FROM script_tracking.search_segment AS g WHERE v_state.place IS NOT NULL
    ), gap AS (
        SELECT coalesce(lag(g.segment_end) OVER w, '-infinity') AS gap_start, g.segment_start AS gap_end
        FROM segment AS g
        WINDOW w AS (ORDER BY g.segment_start)
        UNION ALL
        SELECT coalesce(max(g.segment_end), '-infinity'), 'infinity' FROM segment AS g
    )
    SELECT sum(t.versions) INTO v_versions
    FROM gap AS n
    CROSS JOIN LATERAL (
        SELECT count(*) AS versions
        FROM (
            SELECT FROM script_tracking.script_execution_s AS s
            WHERE s.load_date >= n.gap_start AND s.load_date < n.gap_end LIMIT 100001
        ) AS v
    ) AS t
    WHERE n.gap_start < n.gap_end;
    RETURN v_versions + CASE WHEN v_state.place IS NULL THEN 0
        ELSE cardinality(script_tracking.late_for_search(v_state.covered_before, v_state.covered_without)) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.search_backlog() IS
    'How many versions a search reads one by one, because maintain has not indexed them; NULL: search.index is off';
