-- Returns the length of the token that a string begins with, for the tokens for which one regular expression does not
-- suffice: literals with escapes, dollar quotes, and comments that are nested or that nothing follows. 1 for the dollar
-- of a parameter; NULL if the token has no end.
CREATE OR REPLACE FUNCTION script_tracking.token_length(p_rest pg_catalog.text)
RETURNS pg_catalog.int4
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- A literal continues after a line break, with the same kind of escapes.
    c_escaped constant pg_catalog.text := E'''(?:[^''\\\\]|''''|\\\\.)*''';
    c_tag constant pg_catalog.text := E'^[$](?:(?:[A-Za-z_]|[^\\u0001-\\u007f])(?:[A-Za-z0-9_]|[^\\u0001-\\u007f])*)?[$]';
    v_tag pg_catalog.text;
    v_depth pg_catalog.int4 := 0;
    v_length pg_catalog.int4 := 0;
    v_mark pg_catalog.text;
BEGIN
    CASE left(p_rest, 1)
        WHEN 'e', 'E' THEN
            RETURN length(substring(p_rest COLLATE pg_catalog."C" FROM
                E'^[eE]' || c_escaped || E'(?:[[:space:]]*[\\n\\r][[:space:]]*' || c_escaped || ')*'));
        WHEN '-' THEN
            RETURN length(p_rest);
        WHEN '$' THEN
            v_tag := substring(p_rest COLLATE pg_catalog."C" FROM c_tag);
            IF v_tag IS NULL THEN
                RETURN 1;
            END IF;
            RETURN nullif(strpos(substr(p_rest, length(v_tag) + 1), v_tag), 0) + 2 * length(v_tag) - 1;
        WHEN '/' THEN
            FOR v_mark IN SELECT m[1] FROM regexp_matches(p_rest, '(/[*]|[*]/|[^*/]+|.)', 'g') AS m LOOP
                v_length := v_length + length(v_mark);
                v_depth := v_depth + CASE v_mark WHEN '/*' THEN 1 WHEN '*/' THEN -1 ELSE 0 END;
                IF v_depth = 0 THEN
                    RETURN v_length;
                END IF;
            END LOOP;
        ELSE NULL; -- a quote that does not end
    END CASE;
    RETURN NULL;
END
$function$;

COMMENT ON FUNCTION script_tracking.token_length(pg_catalog.text) IS 'The length of the token that a string begins with';
