-- Cuts a time range into whole buckets, the longest that fit, and the rest at its edges: level 0, to be read from the
-- rows.
CREATE OR REPLACE FUNCTION script_tracking.rollup_pieces(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_fine_since pg_catalog.timestamptz,
    p_finest_minutes pg_catalog.int2
)
RETURNS TABLE (
    level_minutes pg_catalog.int2,
    piece_start pg_catalog.timestamptz,
    piece_end pg_catalog.timestamptz
)
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    c_origin CONSTANT pg_catalog.timestamptz := '0001-01-01 00:00:00+00';
    v_level pg_catalog.int2;
    v_width pg_catalog."interval";
    v_first pg_catalog.timestamptz;
    v_last pg_catalog.timestamptz;
    -- The part that is covered so far.
    v_left pg_catalog.timestamptz;
    v_right pg_catalog.timestamptz;
BEGIN
    FOREACH v_level IN ARRAY '{60,10,1}'::pg_catalog.int2[] LOOP
        CONTINUE WHEN v_level < p_finest_minutes;
        v_width := make_interval(mins => v_level);
        v_first := date_bin(v_width, p_since, c_origin);
        v_first := CASE WHEN v_first < p_since THEN v_first + v_width ELSE v_first END;
        v_last := date_bin(v_width, p_until, c_origin);
        IF v_left IS NULL AND v_first < v_last AND (v_level = 60 OR v_first >= p_fine_since) THEN
            RETURN QUERY SELECT v_level, v_first, v_last;
            v_left := v_first;
            v_right := v_last;
        END IF;
        IF v_first < v_left AND v_first >= p_fine_since THEN
            RETURN QUERY SELECT v_level, v_first, v_left;
            v_left := v_first;
        END IF;
        IF v_right < v_last AND v_right >= p_fine_since THEN
            RETURN QUERY SELECT v_level, v_right, v_last;
            v_right := v_last;
        END IF;
    END LOOP;
    RETURN QUERY
    SELECT 0::pg_catalog.int2, e.edge_start, e.edge_end
    FROM (VALUES (p_since, coalesce(v_left, p_until)), (v_right, p_until)) AS e (edge_start, edge_end)
    WHERE e.edge_start < e.edge_end;
END
$function$;

COMMENT ON FUNCTION script_tracking.rollup_pieces(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.int2) IS
    'Cuts a time range into whole buckets of the rollups and the rest at its edges (level 0); buckets below an '
    'hour only from p_fine_since on';
