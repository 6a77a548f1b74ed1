-- Returns the moment this many days ago; executions before it are removed.
CREATE OR REPLACE FUNCTION script_tracking.retention_cutoff(p_retention_days pg_catalog.int4)
RETURNS pg_catalog.timestamptz
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_retention_days IS NULL OR p_retention_days NOT BETWEEN 1 AND 36500 THEN
        RAISE EXCEPTION 'the days to keep must be 1 to 36500, not %', p_retention_days
            USING ERRCODE = 'DT006', HINT = 'run: dbtrack cleanup --days 90';
    END IF;
    RETURN statement_timestamp() - make_interval(days => p_retention_days);
END
$function$;

COMMENT ON FUNCTION script_tracking.retention_cutoff(pg_catalog.int4) IS 'The moment so many days ago';
