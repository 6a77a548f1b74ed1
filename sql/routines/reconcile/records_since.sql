-- Returns a moment before which no transaction that is still open can have written a record. Sessions that the owner
-- may not see, and prepared transactions, whose beginning is not stored, are assumed to be a day old.
CREATE OR REPLACE FUNCTION script_tracking.records_since()
RETURNS pg_catalog.timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT least(clock_timestamp(),
        -- For a session that may not be seen, backend_type is NULL. Extensions run DDL in workers of their own.
        (SELECT min(coalesce(a.xact_start, CASE WHEN a.backend_type IS NULL THEN now() - '1 day'::pg_catalog."interval" END))
         FROM pg_catalog.pg_stat_activity AS a
         WHERE a.datname = current_database() AND a.backend_type IS DISTINCT FROM 'autovacuum worker'),
        (SELECT min(p.prepared) - '1 day'::pg_catalog."interval" FROM pg_catalog.pg_prepared_xacts AS p
         WHERE p.database = current_database()))
$function$;

COMMENT ON FUNCTION script_tracking.records_since() IS
    'A moment before which no transaction that is still open can have written a record';
