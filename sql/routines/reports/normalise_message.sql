-- Replaces each name, literal, key, number, address and position in an error message with a question mark: the rest is
-- what errors of one cause have in common.
CREATE OR REPLACE FUNCTION script_tracking.normalise_message(p_message pg_catalog.text)
RETURNS pg_catalog.text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    v_message pg_catalog.text := left(p_message, 4000);
BEGIN
    v_message := regexp_replace(v_message, '"([^"]|"")*"', '"?"', 'g');
    -- An apostrophe inside a word does not begin a literal: can't.
    v_message := regexp_replace(v_message, '(^|[^[:alnum:]])''([^'']|'''')*''', '\1''?''', 'g');
    -- Quotation marks of other languages.
    v_message := regexp_replace(v_message, '[\u201e\u201c][^\u201c\u201d]*[\u201c\u201d]|\u00ab[^\u00bb]*\u00bb', '"?"', 'g');
    -- Key (id)=(1), also with parentheses in the value.
    v_message := regexp_replace(v_message, '\([^()]*\)=\(.*\)', '(?)=(?)');
    -- UUIDs, then hardware and IPv6 addresses, then digests and other long hexadecimal numbers.
    v_message := regexp_replace(v_message, '\m[[:xdigit:]]{8}(-[[:xdigit:]]{4}){3}-[[:xdigit:]]{12}\M', '?', 'g');
    v_message := regexp_replace(v_message, '(\m[[:xdigit:]]{1,4}(:[[:xdigit:]]{1,4})*)?::([[:xdigit:]]{1,4}(:[[:xdigit:]]{1,4})*)?'
        '(?![[:alnum:]:])|\m[[:xdigit:]]{1,4}(:[[:xdigit:]]{1,4}){5,7}\M', '?', 'g');
    v_message := regexp_replace(v_message, '\m(0[xX][[:xdigit:]]+|[[:xdigit:]]+/[[:xdigit:]]+)\M', '?', 'g');
    v_message := regexp_replace(v_message, '\m(?=[[:xdigit:]]*[0-9])[[:xdigit:]]{16,}\M', '?', 'g');
    -- Numbers, dates, times, IPv4 addresses, sizes and durations; not the digits in a word: int4, UTF8.
    v_message := regexp_replace(v_message,
        '(?<![[:alnum:]_])[-+]?[0-9]+([.,:/T+-][0-9]+)*([eE][-+]?[0-9]+)?(us|ms|s|min|h|d|kB|MB|GB|TB)?(?![[:alnum:]_])', '?', 'g');
    RETURN left(btrim(regexp_replace(v_message, '[[:space:]]+', ' ', 'g')), 500);
END
$function$;

COMMENT ON FUNCTION script_tracking.normalise_message(pg_catalog.text) IS
    'An error message with a question mark for each name, literal, key, number, address and position: errors of one cause '
    'have the same';
