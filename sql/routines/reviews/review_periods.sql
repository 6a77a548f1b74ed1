-- Returns the periods that are over and to be reviewed by the setting evidence.review_every. Of the calendar's they begin
-- with the one that was the last to end when the setting was set; those of a number of days follow on p_last, the end of
-- what was reviewed. None ended before dbtrack was installed.
CREATE OR REPLACE FUNCTION script_tracking.review_periods(p_last pg_catalog.timestamptz)
RETURNS TABLE (period pg_catalog.text, since pg_catalog.timestamptz, until pg_catalog.timestamptz)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
DECLARE
    v_now CONSTANT pg_catalog.timestamptz := statement_timestamp();
    v_zone CONSTANT pg_catalog.text := coalesce(nullif(script_tracking.current_setting_value('evidence.zone'), ''), 'UTC');
    v_every pg_catalog.text;
    v_set_at pg_catalog.timestamptz;
    v_installed_at pg_catalog.timestamptz := (SELECT min(m.applied_at) FROM script_tracking.schema_migration AS m);
    v_span pg_catalog."interval";
    v_from pg_catalog.timestamptz;
BEGIN
    SELECT lower(btrim(s.setting_value) COLLATE "C"), coalesce(s.changed_at, v_installed_at) INTO v_every, v_set_at
    FROM script_tracking.setting AS s WHERE s.setting_name = 'evidence.review_every';
    IF v_every IN ('day', 'week', 'month', 'quarter', 'year') THEN
        v_span := CASE v_every WHEN 'quarter' THEN '3 months' ELSE '1 ' || v_every END::pg_catalog."interval";
        RETURN QUERY
        SELECT to_char(g.begins, CASE v_every WHEN 'day' THEN 'YYYY-MM-DD' WHEN 'week' THEN 'IYYY-"W"IW' WHEN 'month' THEN 'YYYY-MM'
                WHEN 'quarter' THEN 'YYYY"Q"Q' ELSE 'YYYY' END),
            g.begins AT TIME ZONE v_zone, (g.begins + v_span) AT TIME ZONE v_zone
        FROM generate_series(
            greatest(date_trunc(v_every, v_set_at AT TIME ZONE v_zone) - v_span,
                date_trunc(v_every, v_now AT TIME ZONE v_zone) - 400 * v_span),
            date_trunc(v_every, v_now AT TIME ZONE v_zone) - v_span, v_span) AS g (begins)
        WHERE (g.begins + v_span) AT TIME ZONE v_zone > v_installed_at;
    ELSIF v_every ~ '^[1-9][0-9]{0,3}[dw]$' THEN
        v_span := make_interval(days => left(v_every, -1)::pg_catalog.int4 * CASE right(v_every, 1) WHEN 'w' THEN 7 ELSE 1 END);
        v_from := coalesce(p_last, greatest(v_installed_at, v_set_at - v_span));
        IF v_from + v_span <= v_now THEN
            RETURN QUERY SELECT to_char(v_from AT TIME ZONE v_zone, 'YYYY-MM-DD') || '/'
                || to_char(v_now AT TIME ZONE v_zone, 'YYYY-MM-DD'), v_from, v_now;
        END IF;
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.review_periods(pg_catalog.timestamptz) IS
    'The periods that are over and to be reviewed (evidence.review_every); p_last: until when everything was reviewed';
