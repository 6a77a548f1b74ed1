-- Returns the days in a range that rollup_day has, as far as each lies within one step of this zone (any, if p_step is NULL). What
-- came after the state of the rollups is not in them.
CREATE OR REPLACE FUNCTION script_tracking.whole_rollup_days(
    p_since pg_catalog.timestamptz,
    p_until pg_catalog.timestamptz,
    p_step pg_catalog.text,
    p_zone pg_catalog.text
)
RETURNS pg_catalog.tstzmultirange
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN (
        SELECT coalesce(range_agg(tstzrange(s.day_start, s.day_end)), '{}')
        FROM script_tracking.rollup_day_state AS s
        WHERE s.day_start >= p_since AND s.day_end <= p_until AND s.counted_since = s.day_start
            AND EXISTS (SELECT FROM script_tracking.current_rollup_state())
            AND NOT EXISTS (SELECT FROM script_tracking.rollup_gap AS g WHERE g.gap_start < s.day_end AND g.gap_end > s.day_start)
            AND (p_step IS NULL OR date_trunc(p_step, s.day_start, p_zone)
                = date_trunc(p_step, s.day_end - '1 microsecond'::pg_catalog."interval", p_zone)));
END
$function$;

COMMENT ON FUNCTION script_tracking.whole_rollup_days(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.text, pg_catalog.text) IS
    'The days in a range that the rollups have, each within one step of a zone';
