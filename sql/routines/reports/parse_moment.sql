-- Returns the moment that a person wrote: a time of day (02:00: the latest one that has passed), a day of the week
-- (friday: the last one before today), an age (24h, 7d, 2 hours ago), or a time as PostgreSQL reads it (2026-01-01,
-- yesterday). It reads in the session's time zone. The command line reads more words, in the client's zone.
CREATE OR REPLACE FUNCTION script_tracking.parse_moment(moment pg_catalog.text)
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_words CONSTANT pg_catalog.text := lower(btrim(moment) COLLATE "C");
    v_today CONSTANT pg_catalog.date := statement_timestamp()::pg_catalog.date;
    v_weekday CONSTANT pg_catalog.int4 := array_position(ARRAY['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
        substring(v_words, '^(?:last )?(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?$'));
    v_age pg_catalog."interval";
    v_moment pg_catalog.timestamptz;
BEGIN
    BEGIN
        IF v_words ~ '^[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?$' THEN
            v_moment := (v_today + v_words::pg_catalog."time")::pg_catalog.timestamptz;
            IF v_moment > statement_timestamp() THEN
                v_moment := (v_today - 1 + v_words::pg_catalog."time")::pg_catalog.timestamptz;
            END IF;
        ELSIF v_weekday IS NOT NULL THEN
            v_moment := (v_today - (extract(isodow FROM v_today)::pg_catalog.int4 - v_weekday + 6) % 7 - 1)::pg_catalog.timestamptz;
        ELSE
            v_moment := moment::pg_catalog.timestamptz;
        END IF;
    EXCEPTION WHEN data_exception THEN
        BEGIN
            v_age := moment::pg_catalog."interval";
            -- An age with ago, or with a minus, is one too.
            v_moment := statement_timestamp() - greatest(v_age, -v_age);
        EXCEPTION WHEN data_exception THEN
            RAISE EXCEPTION 'not a time: "%"', moment
                USING ERRCODE = 'DT006', HINT = 'write 24h, 7d, 02:00, friday, yesterday or 2026-01-01';
        END;
    END;
    IF NOT isfinite(v_moment) THEN
        RAISE EXCEPTION 'not a time: "%"', moment
            USING ERRCODE = 'DT006', HINT = 'write 24h, 7d, 02:00, friday, yesterday or 2026-01-01';
    END IF;
    IF v_moment > statement_timestamp() THEN
        RAISE EXCEPTION 'the time "%" lies in the future', moment
            USING ERRCODE = 'DT006', HINT = 'dbtrack records what has happened: write 24h for the last day';
    END IF;
    RETURN v_moment;
END
$function$;

COMMENT ON FUNCTION script_tracking.parse_moment(pg_catalog.text) IS
    'A moment as a person writes it, in the session''s time zone: 02:00 and friday are the latest ones, 24h, 7d and 2 hours '
    'ago are ages; yesterday and 2026-01-01 are read as PostgreSQL reads them';
