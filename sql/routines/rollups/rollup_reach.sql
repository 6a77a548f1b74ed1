-- Returns which part of a time range the rollups cover, as pieces of whole buckets, and which part is read from the
-- rows instead. p_days: the caller reads these days from rollup_day; they are in neither part.
CREATE OR REPLACE FUNCTION script_tracking.rollup_reach(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_is_total pg_catalog.bool,
    p_days pg_catalog.tstzmultirange DEFAULT '{}',
    OUT levels pg_catalog.int2[],
    OUT starts pg_catalog.timestamptz[],
    OUT ends pg_catalog.timestamptz[],
    OUT gaps pg_catalog.tstzmultirange,
    OUT whole pg_catalog.tstzmultirange,
    OUT load_floor pg_catalog.timestamptz,
    OUT counted_before pg_catalog.xid8,
    OUT counted_without pg_catalog.xid8[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
    v_fine_since pg_catalog.timestamptz;
BEGIN
    SELECT c.counted_before, c.counted_without, c.fine_since INTO counted_before, counted_without, v_fine_since
    FROM script_tracking.current_rollup_state() AS c;
    IF counted_before IS NULL THEN
        whole := tstzmultirange(tstzrange(p_since, p_until));
        RETURN;
    END IF;
    load_floor := script_tracking.uncounted_since(counted_before, counted_without);
    SELECT array_agg(p.level_minutes) FILTER (WHERE p.level_minutes > 0),
        array_agg(p.piece_start) FILTER (WHERE p.level_minutes > 0),
        array_agg(p.piece_end) FILTER (WHERE p.level_minutes > 0),
        range_agg(tstzrange(p.piece_start, p.piece_end)) FILTER (WHERE p.level_minutes = 0)
    INTO levels, starts, ends, whole
    -- A minute of one tenant is seldom more than a row: such minutes are read as rows.
    FROM unnest(tstzmultirange(tstzrange(p_since, p_until)) - p_days) AS w (span)
    CROSS JOIN LATERAL script_tracking.rollup_pieces(lower(w.span), upper(w.span), v_fine_since,
        CASE WHEN p_is_total THEN 1 ELSE 10 END::pg_catalog.int2) AS p;
    SELECT coalesce(range_agg(tstzrange(g.gap_start, g.gap_end)), '{}') INTO gaps
    FROM script_tracking.rollup_gap AS g WHERE g.gap_start < p_until AND g.gap_end > p_since;
    whole := (coalesce(whole, '{}') + gaps) * tstzmultirange(tstzrange(p_since, p_until));
END
$function$;

COMMENT ON FUNCTION script_tracking.rollup_reach(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.bool, pg_catalog.tstzmultirange) IS
    'Which part of a time range is read from the rollups, and which from the rows';
