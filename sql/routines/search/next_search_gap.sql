-- Returns the next time to write as a segment of at most so many versions, the latest first; NULL if there is none. Versions
-- after the last segment wait until there are p_least_rows of them: a search reads so few at once. A small segment before
-- them is written again together with them (o_replaces), so that blocks grow: each version is written about three times.
CREATE OR REPLACE FUNCTION script_tracking.next_search_gap(
    p_least_rows pg_catalog.int8,
    p_most_rows pg_catalog.int8,
    OUT o_start pg_catalog.timestamptz,
    OUT o_end pg_catalog.timestamptz,
    OUT o_replaces pg_catalog.timestamptz[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_custom_plan
SET jit = off
AS $function$
DECLARE
    -- Of the stored, compressed size of the long columns.
    c_most_bytes CONSTANT pg_catalog.int8 := 32000000;
    v_last CONSTANT pg_catalog.timestamptz :=
        coalesce((SELECT max(g.segment_end) FROM script_tracking.search_segment AS g), '-infinity');
    v_from pg_catalog.timestamptz;
    v_rows pg_catalog.int8;
    v_segment record;
BEGIN
    SELECT count(*), max(t.load_date) + '1 microsecond'::pg_catalog."interval" INTO v_rows, o_end
    FROM (SELECT s.load_date FROM script_tracking.script_execution_s AS s WHERE s.load_date >= v_last
        ORDER BY s.load_date DESC LIMIT p_most_rows) AS t;
    IF v_rows >= p_least_rows THEN
        v_from := v_last;
        FOR v_segment IN
            SELECT g.segment_start, g.segment_end, g.versions FROM script_tracking.search_segment AS g
            ORDER BY g.segment_start DESC LIMIT 20
        LOOP
            EXIT WHEN v_segment.segment_end <> v_from OR v_segment.versions > 2 * v_rows
                OR v_segment.versions + v_rows > p_most_rows;
            v_from := v_segment.segment_start;
            v_rows := v_rows + v_segment.versions;
            o_replaces := o_replaces || v_segment.segment_start;
        END LOOP;
    ELSE
        SELECT n.gap_start, n.gap_end INTO v_from, o_end
        FROM (
            SELECT coalesce(lag(g.segment_end) OVER (ORDER BY g.segment_start), '-infinity') AS gap_start,
                g.segment_start AS gap_end
            FROM script_tracking.search_segment AS g
        ) AS n
        WHERE n.gap_start < n.gap_end AND EXISTS (SELECT FROM script_tracking.script_execution_s AS s
            WHERE s.load_date >= n.gap_start AND s.load_date < n.gap_end)
        ORDER BY n.gap_end DESC LIMIT 1;
    END IF;
    IF v_from IS NULL THEN
        o_end := NULL;
        RETURN;
    END IF;
    SELECT min(t.load_date) INTO o_start
    FROM (
        SELECT r.load_date, row_number() OVER (ORDER BY r.load_date DESC) AS place, sum(r.bytes) OVER (ORDER BY r.load_date DESC) AS bytes
        FROM (
            -- Without a statement the size must not be NULL: each version would be a segment of its own.
            SELECT s.load_date, coalesce(pg_column_size(s.sql_command), 0) + pg_column_size(s.metadata)
                + coalesce(pg_column_size(s.error_message), 0) + pg_column_size(s.affected_objects) AS bytes
            FROM script_tracking.script_execution_s AS s
            WHERE s.load_date >= v_from AND s.load_date < o_end
            ORDER BY s.load_date DESC
            LIMIT p_most_rows
        ) AS r
    ) AS t
    WHERE t.place = 1 OR t.bytes <= c_most_bytes;
    -- Where the segment before ends, so that no gap stays between them.
    IF v_from > '-infinity' AND NOT EXISTS (SELECT FROM script_tracking.script_execution_s AS s
            WHERE s.load_date >= v_from AND s.load_date < o_start) THEN
        o_start := v_from;
    ELSE
        o_replaces := ARRAY(SELECT u.segment_start FROM unnest(o_replaces) AS u (segment_start)
            JOIN script_tracking.search_segment AS g ON g.segment_start = u.segment_start WHERE g.segment_end > o_start);
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.next_search_gap(pg_catalog.int8, pg_catalog.int8) IS
    'The next time whose versions a segment of the search should have; NULL: there is none';
