-- Returns where the statements of a client's string are: for each, its first character and the character after its
-- last, in pairs. NULL if that cannot be determined. It reads as PostgreSQL's lexer does, but only what can hide a
-- semicolon. No backslash may occur outside an E'' literal: the caller's standard_conforming_strings is not pinned,
-- because the function has to know it.
CREATE OR REPLACE FUNCTION script_tracking.split_statements(p_string pg_catalog.text)
RETURNS pg_catalog._int4
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- As far as no token needs a closer look. Each character can be read in one way only, so the longest match is
    -- right.
    c_plain constant pg_catalog.text := E'^(?:[^''"$;/eE-]|[eE](?!'')|-(?!-)|/(?![*])|''[^'']*''|"[^"]*"'
        '|--[^\\n\\r]*[\\n\\r]|/[*](?:[^*/]|[*]+[^*/]|/+[^*/])*[*]+/)*';
    c_hidden constant pg_catalog.text := E'''[^'']*''|"[^"]*"|--[^\\n\\r]*|/[*](?:[^*/]|[*]+[^*/]|/+[^*/])*[*]+/';
    c_identifier constant pg_catalog.text := E'[[:alnum:]_$]|[^\\u0001-\\u007f]';
    v_rest pg_catalog.text COLLATE pg_catalog."C" := p_string;
    v_width pg_catalog.int4 := 2048; -- of what is matched at a time, so that a long string is not matched again for each
    v_window pg_catalog.text COLLATE pg_catalog."C";
    v_position pg_catalog.int4 := 1;
    v_start pg_catalog.int4 := 1;
    v_length pg_catalog.int4;
    v_token pg_catalog.text COLLATE pg_catalog."C";
    v_before pg_catalog.text COLLATE pg_catalog."C" := '';
    v_bare pg_catalog.text COLLATE pg_catalog."C" := ''; -- the statement so far, without literals, quoted names and comments
    v_statements pg_catalog._int4 := '{}';
BEGIN
    IF current_setting('standard_conforming_strings') = 'off' THEN
        RETURN NULL;
    END IF;
    LOOP
        v_window := left(v_rest, v_width);
        v_length := length(substring(v_window FROM c_plain));
        v_token := substr(v_window, v_length + 1, 1);
        IF v_token <> ';' AND v_width <= length(v_window) AND v_width < length(v_rest) THEN
            v_width := v_width * 2; -- what looks unfinished may only be cut off
            CONTINUE;
        END IF;
        v_width := 2048;
        IF v_length > 0 THEN
            v_bare := v_bare || regexp_replace(left(v_window, v_length), c_hidden, ' ', 'g');
            v_before := substr(v_window, v_length, 1);
        END IF;
        v_rest := substr(v_rest, v_length + 1);
        v_position := v_position + v_length;
        IF v_token = '' OR (v_token = ';' AND script_tracking.is_statement_whole(v_bare)) THEN
            IF v_bare ~ '[^[:space:]]' THEN
                v_statements := v_statements || v_start || v_position;
            END IF;
            EXIT WHEN v_token = '';
            v_start := v_position + 1;
            v_bare := '';
            v_length := 1;
        ELSE
            v_length := CASE
                WHEN v_token = ';' OR (v_token IN ('e', 'E', '$') AND v_before ~ c_identifier) THEN 1
                ELSE script_tracking.token_length(v_rest) END;
            IF v_length IS NULL THEN
                RETURN NULL;
            END IF;
            v_bare := v_bare || CASE WHEN v_length = 1 THEN v_token WHEN v_token IN ('-', '/') THEN ' ' ELSE ' x ' END;
        END IF;
        v_before := substr(v_rest, v_length, 1);
        v_rest := substr(v_rest, v_length + 1);
        v_position := v_position + v_length;
    END LOOP;
    RETURN v_statements;
END
$function$;

COMMENT ON FUNCTION script_tracking.split_statements(pg_catalog.text) IS
    'Where the statements of a string of several are, as pairs of positions';
