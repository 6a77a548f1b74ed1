-- Takes the secrets out of a statement before it is stored. A client's string that can carry one, in any of its
-- statements, loses all its literals and comments: what stands beside a password is often another. p_beside is the string
-- that the statement is a part of, or that ran it.
-- No backslash stands outside an E'' literal here: the caller's standard_conforming_strings is not pinned, because the
-- function has to know it.
CREATE OR REPLACE FUNCTION script_tracking.redact_statement(
    p_statement pg_catalog.text,
    p_mode pg_catalog.text,
    p_longest pg_catalog.int4,
    p_beside pg_catalog.text DEFAULT ''
)
RETURNS pg_catalog.text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    c_secret constant pg_catalog.text :=
        E'pass(word|wd|phrase|code|file)|pwd|secret|token|credential|bearer|oauth|jwt|dblink|pgp_|hmac|encrypt'
        '|(api|access|private|encryption|account|shared|signing)[ _-]?key|identified[[:space:]]+by'
        '|user[[:space:]]+mapping|create[[:space:]]+server|alter[[:space:]]+server|connection[[:space:]]'
        '|crypt[[:space:]]*[(]|://[^/[:space:]]*:[^/[:space:]]*@';
    -- Each branch captures what it leaves: an identifier, or the quotes of an empty literal. Comments and dollar
    -- quotes reach to the last terminator: they nest, and losing text between them loses no secret.
    c_literal constant pg_catalog.text :=
        E'("(?:[^"]|"")*")'
        '|[eE]('')(?:[^''\\\\]|''''|\\\\.)*'''
        '|('')(?:[^'']|'''')*'''
        '|(\\$)((?:[^0-9$''"[:space:]][^$''"[:space:]]*)?)\\$.*\\$\\5\\$'
        '|--[^\\n\\r]*|/\\*.*\\*/';
BEGIN
    IF p_longest = 0 THEN
        RETURN NULL;
    END IF;
    IF p_mode = 'none' OR p_statement !~ E'[''$]|--|/[*]' OR (p_mode = 'secrets'
        AND p_statement !~* c_secret AND p_beside !~* c_secret) THEN
        RETURN CASE WHEN length(p_statement) <= p_longest THEN p_statement
            ELSE left(p_statement, p_longest) || format('... [cut: %s characters]', length(p_statement)) END;
    END IF;
    IF current_setting('standard_conforming_strings') = 'off' THEN
        -- A backslash may end a literal or not: no scan from outside can tell, so nothing is kept.
        RETURN '[redacted: standard_conforming_strings is off]';
    END IF;
    IF length(p_statement) > p_longest THEN
        -- Cut first, and a literal could lose its end and escape the scan.
        RETURN format('[redacted: %s characters]', length(p_statement));
    END IF;
    RETURN regexp_replace(p_statement, c_literal, E'\\1\\2\\2\\3\\3\\4\\4\\4\\4', 'g');
END
$function$;

COMMENT ON FUNCTION script_tracking.redact_statement(
    pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.text) IS
    'A statement as it may be stored: without its literals where it can carry a secret (mode secrets, all, none), and '
    'no longer than p_longest characters';
