-- Returns a length of time in its two largest units: '19 min', '2 h 5 min', '3 d'. As duration_words in Python.
CREATE OR REPLACE FUNCTION script_tracking.evidence_length(p_length pg_catalog."interval")
RETURNS pg_catalog.text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT CASE WHEN s.seconds < 60 THEN s.seconds || ' s'
        WHEN s.seconds < 3600 THEN s.seconds / 60 || ' min'
        WHEN s.seconds < 86400 THEN concat_ws(' ', s.seconds / 3600 || ' h', nullif(s.seconds % 3600 / 60, 0) || ' min')
        ELSE concat_ws(' ', s.seconds / 86400 || ' d', nullif(s.seconds % 86400 / 3600, 0) || ' h') END
    FROM (SELECT trunc(extract(epoch FROM p_length))::pg_catalog.int8) AS s (seconds)
$function$;

COMMENT ON FUNCTION script_tracking.evidence_length(pg_catalog."interval") IS
    'A length of time in its two largest units, as evidence writes it';
