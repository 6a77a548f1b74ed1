-- Returns where the statement ends that begins at a byte of a string: one step, whose cost is the statement's length
-- and not the string's. It reads as split_statements does; a test compares the two.
-- o_end NULL: more of the string is needed (p_is_last false), or the end cannot be determined (p_is_last true).
CREATE OR REPLACE FUNCTION script_tracking.statement_end(
    p_bytes pg_catalog.bytea,
    p_from pg_catalog.int4,
    p_is_last pg_catalog.bool,
    OUT o_end pg_catalog.int4,
    OUT o_statement pg_catalog.text
)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_encoding CONSTANT pg_catalog.name := getdatabaseencoding();
    v_cut pg_catalog.int4 := script_tracking.piece_end(p_bytes, p_from, 1024);
    v_window pg_catalog.text COLLATE pg_catalog."C";
    v_length pg_catalog.int4;
    v_rest pg_catalog.text COLLATE pg_catalog."C";
BEGIN
    v_window := convert_from(substring(p_bytes FROM p_from FOR v_cut - p_from + 1), v_encoding);
    v_length := strpos(v_window, ';') - 1;
    IF v_length >= 0 OR (v_cut = octet_length(p_bytes) AND p_is_last) THEN
        -- Nothing here can hide a semicolon: no regular expression is needed.
        v_rest := CASE WHEN v_length >= 0 THEN left(v_window, v_length) ELSE v_window END;
        IF translate(v_rest, E'''"$-/', '') = v_rest
            AND strpos(lower(v_rest), 'begin') = 0 AND strpos(lower(v_rest), 'rule') = 0 THEN
            o_end := p_from + octet_length(v_rest);
            o_statement := btrim(v_rest, E' \n\r\t');
            RETURN;
        END IF;
    END IF;
    -- A block of its own: the first value of a variable costs as much as a statement.
    DECLARE
        -- As far as no token needs a closer look. Each character can be read in one way only, so the longest match is
        -- right.
        c_plain CONSTANT pg_catalog.text := E'^(?:[^''"$;/eE-]|[eE](?!'')|-(?!-)|/(?![*])|''[^'']*''|"[^"]*"'
            '|--[^\\n\\r]*[\\n\\r]|/[*](?:[^*/]|[*]+[^*/]|/+[^*/])*[*]+/)*';
        c_hidden CONSTANT pg_catalog.text := E'''[^'']*''|"[^"]*"|--[^\\n\\r]*|/[*](?:[^*/]|[*]+[^*/]|/+[^*/])*[*]+/';
        c_identifier CONSTANT pg_catalog.text := E'[[:alnum:]_$]|[^\\u0001-\\u007f]';
        c_width CONSTANT pg_catalog.int4 := 1024;
        v_width pg_catalog.int4 := c_width;
        v_is_all pg_catalog.bool;
        v_at pg_catalog.int4 := p_from;
        v_size pg_catalog.int4;
        v_token pg_catalog.text COLLATE pg_catalog."C";
        v_before pg_catalog.text COLLATE pg_catalog."C" := '';
        -- The statement so far, without literals, quoted names and comments.
        v_bare pg_catalog.text COLLATE pg_catalog."C" := '';
    BEGIN
        LOOP
            v_cut := script_tracking.piece_end(p_bytes, v_at, v_width);
            IF v_cut IS NULL THEN
                v_width := v_width * 2;
                CONTINUE;
            END IF;
            v_is_all := v_cut = octet_length(p_bytes);
            v_window := convert_from(substring(p_bytes FROM v_at FOR v_cut - v_at + 1), v_encoding);
            v_length := length(substring(v_window FROM c_plain));
            v_token := substr(v_window, v_length + 1, 1);
            v_rest := substr(v_window, v_length + 1);
            v_size := 1;
            IF v_token NOT IN (';', '') AND NOT (v_token IN ('e', 'E', '$')
                AND (CASE WHEN v_length > 0 THEN substr(v_window, v_length, 1) ELSE v_before END) ~ c_identifier) THEN
                v_size := CASE WHEN v_token IN ('$', '/', 'e', 'E') OR (v_is_all AND p_is_last)
                    THEN script_tracking.token_length(v_rest) END;
                -- A literal with escapes may continue in the next line, and a dollar may begin a quote that is cut off.
                IF NOT (v_is_all AND p_is_last) AND v_size IS NOT NULL
                    AND ((v_token IN ('e', 'E') AND btrim(substr(v_rest, v_size + 1), E' \n\r\t') = '')
                        OR (v_token = '$' AND v_size = 1 AND strpos(substr(v_rest, 2), '$') = 0 AND length(v_rest) < 70)) THEN
                    v_size := NULL;
                END IF;
            ELSIF v_token = '' AND NOT (v_is_all AND p_is_last) THEN
                v_size := NULL;
            END IF;
            IF v_size IS NULL THEN
                IF v_is_all THEN
                    RETURN;
                END IF;
                v_width := v_width * 2; -- what looks unfinished may only be cut off
                CONTINUE;
            END IF;
            v_width := c_width;
            IF v_length > 0 THEN
                -- Of a long statement, only the actions of a rule and a body in standard SQL are needed.
                IF length(v_bare) < 1000 OR v_bare ~* ('^[[:space:]]*create[[:space:]]+(or[[:space:]]+replace[[:space:]]+)?'
                    '(rule|function|procedure)[[:>:]]') THEN
                    v_bare := v_bare || regexp_replace(left(v_window, v_length), c_hidden, ' ', 'g');
                END IF;
                v_before := substr(v_window, v_length, 1);
                v_at := v_at + octet_length(left(v_window, v_length));
            END IF;
            IF v_token = '' OR (v_token = ';' AND script_tracking.is_statement_whole(v_bare)) THEN
                o_end := v_at;
                o_statement := CASE WHEN v_bare ~ '[^[:space:]]'
                    THEN btrim(convert_from(substring(p_bytes FROM p_from FOR v_at - p_from), v_encoding), E' \n\r\t')
                    ELSE '' END;
                RETURN;
            END IF;
            v_bare := v_bare || CASE WHEN v_size = 1 THEN v_token WHEN v_token IN ('-', '/') THEN ' ' ELSE ' x ' END;
            v_before := substr(v_rest, v_size, 1);
            v_at := v_at + octet_length(left(v_rest, v_size));
        END LOOP;
    END;
END
$function$;

COMMENT ON FUNCTION script_tracking.statement_end(pg_catalog.bytea, pg_catalog.int4, pg_catalog.bool) IS
    'Where a statement of a string ends, one step forward';
