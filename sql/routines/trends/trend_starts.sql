-- Returns as what the rollups have these days: whole weeks, each within one step of a zone (any, if p_step is NULL), and the other days.
-- Who may read the days of a kind may read the weeks: these have types or names if all their days have them.
CREATE OR REPLACE FUNCTION script_tracking.trend_starts(
    p_days pg_catalog.tstzmultirange,
    p_step pg_catalog.text,
    p_zone pg_catalog.text,
    OUT week_starts pg_catalog.timestamptz[],
    OUT day_starts pg_catalog.timestamptz[]
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_span CONSTANT pg_catalog.tstzrange := range_merge(p_days);
    v_days pg_catalog.tstzmultirange := p_days;
BEGIN
    IF p_step IS NULL OR p_step = 'week' THEN
        SELECT array_agg(w.week_start), p_days - coalesce(range_agg(tstzrange(w.week_start, w.week_end)), '{}')
        INTO week_starts, v_days
        FROM script_tracking.rollup_week_state AS w
        WHERE w.week_start >= lower(v_span) AND w.week_end <= upper(v_span) AND tstzrange(w.week_start, w.week_end) <@ p_days
            AND (p_step IS NULL OR date_trunc(p_step, w.week_start, p_zone)
                = date_trunc(p_step, w.week_end - '1 microsecond'::pg_catalog."interval", p_zone));
    END IF;
    week_starts := coalesce(week_starts, '{}');
    day_starts := ARRAY(SELECT s.day_start FROM script_tracking.rollup_day_state AS s
        WHERE s.day_start >= lower(v_span) AND s.day_start < upper(v_span) AND s.day_start <@ v_days);
END
$function$;

COMMENT ON FUNCTION script_tracking.trend_starts(pg_catalog.tstzmultirange, pg_catalog.text, pg_catalog.text) IS
    'As what the rollups have these days: whole weeks, each within one step of a zone, and the other days';
