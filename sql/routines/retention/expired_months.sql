-- Returns the months with partitions that lie before a moment as a whole, as YYYY_MM, the oldest first.
CREATE OR REPLACE FUNCTION script_tracking.expired_months(p_cutoff pg_catalog.timestamptz)
RETURNS SETOF pg_catalog.text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET "TimeZone" = 'UTC'
AS $function$
    SELECT right(c.relname, 7)
    FROM pg_catalog.pg_inherits AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'script_tracking.script_execution_h'::pg_catalog.regclass
        AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
        AND to_date(right(c.relname, 7), 'YYYY_MM') + '1 month'::pg_catalog."interval" <= p_cutoff
    ORDER BY 1
$function$;

COMMENT ON FUNCTION script_tracking.expired_months(pg_catalog.timestamptz) IS
    'The months with partitions that lie before a moment as a whole, as YYYY_MM';
