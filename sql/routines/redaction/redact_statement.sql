-- Removes the secrets from a statement before it is stored. A client's string that can contain one, in any of its
-- statements, loses all its literals and comments, because the text beside a password is often another one.
-- Backslashes occur in dollar quotes only: the caller's standard_conforming_strings is not pinned, because the function
-- has to know it. docs/decisions/0008-redaction.md explains the expressions.
CREATE OR REPLACE FUNCTION script_tracking.redact_statement(
    p_statement pg_catalog.text,
    p_mode pg_catalog.text,
    p_longest pg_catalog.int4
)
RETURNS pg_catalog.text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    -- Literals, if no apostrophe occurs in anything else; the E is not part of a word.
    c_literal constant pg_catalog.text :=
        $re$(?<![^][:space:]"'(),;:=<>|+*/%^&!@#~?`\\.[{}-])[eE]'(?:[^'\\]|''|\\.)*'(?!')|'(?:[^']|'')*'(?!')$re$;
    -- The text that remains then, if that was so.
    c_simple constant pg_catalog.text := $re$^(?:[^"'$/-]|''|"[^"'/-]*"|\$(?=[0-9])|-(?!-)|/(?!\*)$re$
        || $re$|--[^\n\r']*(?=[\n\r]|$)|/\*(?:[^*/']|\*(?!/)|/(?!\*))*\*/)*$$re$;
    c_comment constant pg_catalog.text := $re$--[^\n\r]*|/\*(?:[^*/]|\*(?!/))*\*/$re$;
    -- Each branch captures what it keeps: an identifier, or the quotes of an empty literal. {1,1}? asks for the
    -- shortest match. Comments may be nested once; the last test handles deeper ones. Dollar quotes are empty by then.
    c_any constant pg_catalog.text := $re$(?:("(?:[^"]|"")*"(?!"))$re$
        || $re$|(?<![^][:space:]"'(),;:=<>|+*/%^&!@#~?`\\.[{}-])[eE](')(?:[^'\\]|''|\\.)*'(?!')$re$
        || $re$|(')(?:[^']|'')*'(?!')$re$
        || $re$|(?<![^][:space:]"'(),;:=<>|+*/%^&!@#~?`\\.[{}-])(\$)\$\$\$$re$
        || $re$|--[^\n\r]*(?=[\n\r]|$)$re$
        || $re$|/\*(?:[^*/]|\*(?!/)|/(?!\*)|/\*(?:[^*/]|\*(?!/)|/(?!\*))*\*/)*\*/$re$
        || $re$){1,1}?$re$;
    c_continued constant pg_catalog.text :=
        $re$[eE]'.*'[[:space:]]*(?:--[^\n\r]*)?[\n\r](?:[[:space:]]|--[^\n\r]*[\n\r])*'$re$;
    -- <secrets:setting>
    c_telling_setting constant pg_catalog.text :=
        $re$((?<![\w.])set\s+(?:(?:local|session)\s+)?[\w.]*(?:pass|pwd|pw|secret|token|key$re$
        || $re$|credential)[\w.]*\s*(?:=$re$
        || $re$|(?<!\w)to(?!\w))\s*)[^\s;,'"]+$re$
        ;
    -- </secrets>
    v_statement pg_catalog.text := p_statement;
    v_redacted pg_catalog.text;
BEGIN
    IF p_longest = 0 OR p_statement IS NULL THEN
        RETURN NULL;
    END IF;
    IF p_mode = 'none' OR (p_mode = 'secrets' AND NOT script_tracking.carries_secret(p_statement)) THEN
        RETURN CASE WHEN length(p_statement) <= p_longest THEN p_statement
            ELSE left(p_statement, p_longest) || format('... [cut: %s characters]', length(p_statement)) END;
    END IF;
    IF current_setting('standard_conforming_strings') = 'off' THEN
        -- A backslash may or may not end a literal: no scan can determine that, so nothing is kept.
        RETURN '[redacted: standard_conforming_strings is off]';
    END IF;
    IF length(p_statement) > p_longest THEN
        -- If it were cut first, a literal could lose its end and escape the scan.
        RETURN format('[redacted: %s characters]', length(p_statement));
    END IF;
    IF p_statement COLLATE "C" ~ $re$[$][^$0-9[:space:]]*[$]$re$ THEN
        v_statement := script_tracking.redact_dollars(p_statement);
    END IF;
    v_redacted := regexp_replace(v_statement COLLATE "C",
        CASE WHEN strpos(v_statement, $re$\$re$) > 0 THEN c_literal ELSE $re$'(?:[^']|'')*'(?!')$re$ END, '''''', 'g');
    IF v_redacted COLLATE "C" !~ $re$["$]|--|/[*]$re$ THEN
        NULL;
    ELSIF v_redacted COLLATE "C" ~ c_simple THEN
        v_redacted := regexp_replace(v_redacted COLLATE "C", c_comment, '', 'g');
    ELSE
        v_redacted := regexp_replace(v_statement COLLATE "C", c_any, $re$\1\2\2\3\3\4\4\4\4$re$, 'g');
    END IF;
    -- An E'' literal that continues in the next line, deeply nested comments, a literal without an end, words that
    -- touch a dollar quote: if nothing is certain, nothing is kept.
    IF v_redacted IS NULL OR v_redacted COLLATE "C" ~ $re$/[*]|\$\$\$\$[^][:space:]"'(),;:=<>|+*/%^&!@#~?`\\.[{}-]$re$
        OR replace(replace(v_redacted, '''''', ' '), '$$$$', ' ') COLLATE "C" ~ $re$'|\$[^$0-9[:space:]][^$[:space:]]*\$|\$\$$re$
        OR v_redacted COLLATE "C" ~ $re$(?<![^][:space:]"'(),;:=<>|+*/%^&!@#~?`\\.[{}-])\$(?![0-9$])$re$
        OR strpos(p_statement, $re$\$re$) > 0 AND p_statement COLLATE "C" ~ (c_continued || $re$|[0-9][eE]'$re$) THEN
        RETURN '[redacted: its literals cannot be determined]';
    END IF;
    -- SET app.token = abc needs no quotes.
    RETURN CASE WHEN v_redacted COLLATE "C" !~* $re$set\s$re$ THEN v_redacted
        ELSE regexp_replace(v_redacted COLLATE "C", c_telling_setting, $re$\1***$re$, 'gi') END;
END
$function$;

COMMENT ON FUNCTION script_tracking.redact_statement(pg_catalog.text, pg_catalog.text, pg_catalog.int4) IS
    'A statement as it may be stored: without its literals where it can carry a secret (mode secrets, all, none), and '
    'no longer than p_longest characters';
