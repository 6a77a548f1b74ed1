-- Metadata without what looks like a password: the values of telling keys, and inside the strings.
CREATE OR REPLACE FUNCTION script_tracking.redact_metadata(p_metadata pg_catalog.jsonb)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN CASE jsonb_typeof(p_metadata)
        WHEN 'string' THEN to_jsonb(script_tracking.redact_message(p_metadata #>> '{}'))
        WHEN 'array' THEN (
            SELECT coalesce(jsonb_agg(script_tracking.redact_metadata(a.value) ORDER BY a.ordinality), '[]')
            FROM jsonb_array_elements(p_metadata) WITH ORDINALITY AS a)
        WHEN 'object' THEN (
            SELECT coalesce(jsonb_object_agg(o.key, CASE
                WHEN o.key ~* 'pass(word|wd|phrase|code)?$|pwd|secret|token|credential|(api|access|private)[ _-]?key'
                    THEN '"***"'
                ELSE script_tracking.redact_metadata(o.value) END), '{}')
            FROM jsonb_each(p_metadata) AS o)
        ELSE p_metadata
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.redact_metadata(pg_catalog.jsonb) IS 'Metadata without what looks like a password';
