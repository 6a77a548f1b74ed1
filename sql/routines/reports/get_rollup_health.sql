-- Returns whether reports read rollups or rows, and which transaction holds the rollups back.
CREATE OR REPLACE FUNCTION script_tracking.get_rollup_health()
RETURNS TABLE (
    health_category pg_catalog.text,
    health_metric pg_catalog.text,
    current_status pg_catalog.text,
    details pg_catalog.text
)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
-- Monitoring reads the span of time out of the details.
SET "IntervalStyle" = postgres
AS $function$
    SELECT 'reports', 'rollup_lag', CASE WHEN r.lag > '1 day' OR r.holder IS NOT NULL THEN 'WARNING' ELSE 'OK' END,
        CASE WHEN r.lag IS NULL THEN 'not built here: reports read the rows; dbtrack maintain builds them'
            ELSE format('%s behind', date_trunc('second', greatest(r.lag, '0'::pg_catalog."interval"))) END
        || CASE WHEN r.lag IS NULL THEN ''
            WHEN r.gap_end = 'infinity' THEN '; all hours wait to be counted'
            WHEN r.gap_end IS NOT NULL
                THEN '; some hours before ' || to_char(r.gap_end, 'YYYY-MM-DD HH24:MIOF') || ' wait to be counted' ELSE '' END
        || CASE WHEN r.holder IS NOT NULL THEN '; held back by ' || r.holder
            WHEN r.lag > '1 day' THEN '; run: dbtrack maintain' ELSE '' END
    FROM (
        -- Up to an hour, the transaction may be another dbtrack process at work.
        SELECT l.lag, l.gap_end, CASE WHEN l.lag > '1 hour' THEN script_tracking.get_rollup_holder() END AS holder
        FROM script_tracking.get_rollup_lag() AS l
    ) AS r
$function$;

COMMENT ON FUNCTION script_tracking.get_rollup_health() IS 'The part of get_system_health that is about what reports read';
