-- base_2026-01-15_14:30:25.123456_abc123: the name, the time in UTC, six random hexadecimal digits.
CREATE OR REPLACE FUNCTION script_tracking.generate_unique_script_name(base_name pg_catalog."varchar")
RETURNS pg_catalog."varchar"
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN base_name
    || to_char(clock_timestamp() AT TIME ZONE 'UTC', '_YYYY-MM-DD_HH24:MI:SS.US_')
    || right(gen_random_uuid()::pg_catalog.text, 6);
END
$function$;

COMMENT ON FUNCTION script_tracking.generate_unique_script_name(pg_catalog."varchar") IS
    'A business key for an execution: name, UTC time to the microsecond, random suffix';
