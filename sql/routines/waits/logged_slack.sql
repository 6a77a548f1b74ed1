-- Returns how exact the times of a log are: some logs have no fractions of a second.
CREATE OR REPLACE FUNCTION script_tracking.logged_slack(p_logged_at pg_catalog.timestamptz)
RETURNS pg_catalog."interval"
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN date_trunc('second', p_logged_at, 'UTC') = p_logged_at
        THEN '1.1 seconds'::pg_catalog."interval" ELSE '0.1 seconds'::pg_catalog."interval" END
$function$;

COMMENT ON FUNCTION script_tracking.logged_slack(pg_catalog.timestamptz) IS 'How exact the times of a log are';
