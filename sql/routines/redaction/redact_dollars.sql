-- Returns a statement with each of its dollar quotes empty, or NULL if their ends cannot be determined. A regular
-- expression would need a back reference, with which PostgreSQL takes more than quadratic time; this function reads
-- each dollar quote once, and gives up after a thousand. Literals, quoted names and comments are read only to ignore
-- the dollars in them.
CREATE OR REPLACE FUNCTION script_tracking.redact_dollars(p_statement pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- Up to the next dollar, or a token without an end. Each character can be read in one way only, so the longest
    -- match is right.
    c_plain constant pg_catalog.text := $re$^(?:[^'"$/eE-]|[eE](?!')$re$
        || $re$|(?<=[^][:space:]"'(),;:=<>|+*/%^&!@#~?`\\.[{}-])[eE]$re$
        || $re$|(?<![^][:space:]"'(),;:=<>|+*/%^&!@#~?`\\.[{}-])[eE]'(?:[^'\\]|''|\\.)*'(?!')$re$
        || $re$|-(?!-)|/(?!\*)|'[^']*'|"[^"]*"|--[^\n\r]*[\n\r]$re$
        || $re$|/\*(?:[^*/]|\*(?!/)|/(?!\*)|/\*(?:[^*/]|\*(?!/)|/(?!\*))*\*/)*\*/)*$re$;
    c_tag constant pg_catalog.text := $re$^[$](?:(?:[A-Za-z_]|[^\u0001-\u007f])(?:[A-Za-z0-9_]|[^\u0001-\u007f])*)?[$]$re$;
    c_rest_of_name constant pg_catalog.text := $re$^[$](?:[A-Za-z0-9_$]|[^\u0001-\u007f])*$re$;
    v_rest pg_catalog.text := p_statement;
    v_width pg_catalog.int4 := 2048; -- of what is matched at a time, so that a long string is not matched again for each
    v_window pg_catalog.text;
    v_length pg_catalog.int4;
    v_token pg_catalog.text;
    v_tag pg_catalog.text;
    v_steps pg_catalog.int4 := 0;
    v_kept pg_catalog.text := '';
BEGIN
    LOOP
        v_window := left(v_rest, v_width);
        v_length := length(substring(v_window COLLATE "C" FROM c_plain));
        v_token := substr(v_window, v_length + 1, 1);
        IF v_token <> '$' AND v_width < length(v_rest) THEN
            v_width := v_width * 2; -- what looks unfinished may only be cut off
            CONTINUE;
        END IF;
        v_width := 2048;
        v_steps := v_steps + 1;
        IF v_steps > 1000 OR v_steps * length(p_statement) > 20000000 THEN
            RETURN NULL;
        END IF;
        v_kept := v_kept || left(v_window, v_length);
        IF v_token = '' OR v_token = '-' THEN
            RETURN v_kept || substr(v_rest, v_length + 1); -- the last line may be a comment
        ELSIF v_token <> '$' THEN
            RETURN NULL; -- a quote that does not end, or comments that nest deeply
        END IF;
        v_rest := substr(v_rest, v_length + 1);
        v_tag := substring(left(v_rest, 256) COLLATE "C" FROM c_tag);
        IF v_tag IS NULL OR substr(v_window, v_length, 1) COLLATE "C" ~ '[A-Za-z0-9_]|[^\u0001-\u007f]' AND v_length > 0 THEN
            v_tag := substring(left(v_rest, 256) COLLATE "C" FROM c_rest_of_name); -- a name, or a parameter
            v_length := length(v_tag);
            v_kept := v_kept || v_tag;
        ELSE
            v_length := nullif(strpos(substr(v_rest, length(v_tag) + 1), v_tag), 0) + 2 * length(v_tag) - 1;
            v_kept := v_kept || '$$$$';
        END IF;
        IF v_length IS NULL OR v_length = 256 THEN
            RETURN NULL;
        END IF;
        v_rest := substr(v_rest, v_length + 1);
    END LOOP;
END
$function$;

COMMENT ON FUNCTION script_tracking.redact_dollars(pg_catalog.text) IS
    'A statement with each of its dollar quotes empty; NULL if their ends cannot be determined';
