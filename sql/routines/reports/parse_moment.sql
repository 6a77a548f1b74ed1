-- Returns the moment that a person wrote, as PostgreSQL reads it (2026-01-01, yesterday) or as an age (24h, 7d).
CREATE OR REPLACE FUNCTION script_tracking.parse_moment(moment pg_catalog.text)
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_moment pg_catalog.timestamptz;
BEGIN
    BEGIN
        v_moment := moment::pg_catalog.timestamptz;
    EXCEPTION WHEN data_exception THEN
        BEGIN
            v_moment := statement_timestamp() - moment::pg_catalog."interval";
        EXCEPTION WHEN data_exception THEN
            RAISE EXCEPTION 'not a time: "%"', moment
                USING ERRCODE = 'DT006', HINT = 'write 24h, 7d, yesterday or 2026-01-01';
        END;
    END;
    IF NOT isfinite(v_moment) THEN
        RAISE EXCEPTION 'not a time: "%"', moment
            USING ERRCODE = 'DT006', HINT = 'write 24h, 7d, yesterday or 2026-01-01';
    END IF;
    IF v_moment > statement_timestamp() THEN
        RAISE EXCEPTION 'the time "%" lies in the future', moment
            USING ERRCODE = 'DT006', HINT = 'dbtrack records what has happened: write 24h for the last day';
    END IF;
    RETURN v_moment;
END
$function$;

COMMENT ON FUNCTION script_tracking.parse_moment(pg_catalog.text) IS
    'A moment as a person writes it: 24h and 7d are ages, yesterday and 2026-01-01 are read as PostgreSQL reads them';
