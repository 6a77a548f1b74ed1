-- Writes a number with two digits behind the point below 10, one below 100 and none above, without trailing zeros.
CREATE OR REPLACE FUNCTION script_tracking.short_number(p_number pg_catalog."numeric")
RETURNS pg_catalog.text
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN trim_scale(round(p_number,
        CASE WHEN abs(p_number) < 10 THEN 2 WHEN abs(p_number) < 100 THEN 1 ELSE 0 END))::pg_catalog.text;
END
$function$;

COMMENT ON FUNCTION script_tracking.short_number(pg_catalog."numeric") IS
    'A number with at most two digits behind the point, for a sentence';
