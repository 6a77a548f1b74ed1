-- Removes the literals from all texts of a part's body, and the whole of a comment and of what PostgreSQL keeps without quotes, such
-- as the labels of an enum. Privileges, what has been left out and the name of a sequence are no secrets. *** stands where a literal
-- was, so that a text without its literals differs from one that had empty ones.
CREATE OR REPLACE FUNCTION script_tracking.redact_body(p_body pg_catalog.jsonb)
RETURNS pg_catalog.jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    RETURN CASE jsonb_typeof(p_body)
        WHEN 'string' THEN CASE WHEN (p_body #>> '{}') COLLATE "C" ~ $re$^nextval[(]'([^']|'')*'::regclass[)]$$re$ THEN p_body
            WHEN (p_body #>> '{}') COLLATE "C" ~ $re$['$]|--|/[*]$re$
            THEN to_jsonb(replace(replace(script_tracking.redact_statement(p_body #>> '{}', 'all', 1000000),
                '''''', '''***'''), '$$$$', '$$***$$'))
            WHEN (p_body #>> '{}') COLLATE "C" ~ '=|://' AND (p_body #>> '{}') COLLATE "C"
                !~ '=[*]{3}$|^("([^"]|"")*"|[^"=]*)=[arwdDxtXUCTcsAm*]*/("([^"]|"")*"|[^"=]*)$'
                AND script_tracking.string_carries_secret(p_body #>> '{}') THEN '"***"'
            ELSE p_body END
        WHEN 'array' THEN (
            SELECT coalesce(jsonb_agg(script_tracking.redact_body(a.value) ORDER BY a.ordinality), '[]')
            FROM jsonb_array_elements(p_body) WITH ORDINALITY AS a)
        WHEN 'object' THEN (
            SELECT jsonb_object_agg(o.key, CASE WHEN o.key = 'comment' AND jsonb_typeof(o.value) = 'string'
                THEN '"***"'
                WHEN o.key = 'labels' AND jsonb_typeof(o.value) = 'array'
                    THEN (SELECT coalesce(jsonb_agg('***'::pg_catalog.text), '[]') FROM jsonb_array_elements(o.value))
                ELSE script_tracking.redact_body(o.value) END)
            FROM jsonb_each(p_body) AS o)
        ELSE p_body
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.redact_body(pg_catalog.jsonb) IS 'A part''s body without the literals of its texts';
