-- Returns a value as it is judged, and with p_is_back the value of what was judged: times by their logarithms, because a tenth
-- of a second is as unusual for what takes a hundredth as ten seconds are for what takes one.
CREATE OR REPLACE FUNCTION script_tracking.judged_value(
    p_measure pg_catalog.text,
    p_value pg_catalog."numeric",
    p_is_back pg_catalog.bool DEFAULT false
)
RETURNS pg_catalog."numeric"
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- Rounded, so that sums are exact: whatever is added first, the same comes out.
    RETURN CASE
        WHEN p_measure NOT IN ('duration_ms', 'waited_ms') THEN p_value
        WHEN p_is_back AND p_measure = 'duration_ms' THEN exp(least(p_value, 40)::pg_catalog.float8)
        WHEN p_is_back THEN (exp(least(p_value, 40)::pg_catalog.float8) - 1) * 1000
        WHEN p_measure = 'duration_ms' THEN round(ln(greatest(p_value, 0.001)::pg_catalog.float8)::pg_catalog."numeric", 6)
        ELSE round(ln((1 + p_value / 1000)::pg_catalog.float8)::pg_catalog."numeric", 6) END;
END
$function$;

COMMENT ON FUNCTION script_tracking.judged_value(pg_catalog.text, pg_catalog."numeric", pg_catalog.bool) IS
    'A value as anomalies judge it: times by their logarithms; or back';
