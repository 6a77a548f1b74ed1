-- Refuses a lease that is over at once, or that would keep other workers away for longer than an hour.
CREATE OR REPLACE FUNCTION script_tracking.check_lease_seconds(p_seconds pg_catalog.int4)
RETURNS pg_catalog.void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF p_seconds BETWEEN 1 AND 3600 IS NOT TRUE THEN
        RAISE EXCEPTION 'a lease lasts from 1 to 3600 seconds, not %', coalesce(p_seconds::pg_catalog.text, 'NULL')
            USING ERRCODE = 'DT006';
    END IF;
END
$function$;

COMMENT ON FUNCTION script_tracking.check_lease_seconds(pg_catalog.int4) IS
    'Refuses a lease that is over at once, or that is longer than an hour';
